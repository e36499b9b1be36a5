// A small program on the terminal layer: shows the keys it is given, and dies in every way when told to.
import { capabilitiesOfProcess } from '../../src/tui/terminal/capabilities.ts'
import { inkRenderer, type Renderer } from '../../src/tui/terminal/ink-renderer.ts'
import { openTerminal } from '../../src/tui/terminal/open-terminal.ts'
import { Rows } from '../../src/tui/terminal/rows.tsx'

let typed = ''
let resumed = 0
let renderer: Renderer | undefined

const Broken = (): never => {
  throw new Error('boom in a component')
}

const terminal = openTerminal({
  capabilities: capabilitiesOfProcess(),
  onKey: ({ id }) => {
    typed += `[${id}]`
    if (id === 'q') terminal.close()
    else if (id === 'E') process.exit(7)
    else if (id === 'K') throw new Error('boom in a key')
    else if (id === 'T') setTimeout(boom, 0)
    else if (id === 'P') void Promise.reject(new Error('boom in a promise'))
    else if (id === 'C') renderer?.render(<Broken />)
    else show()
  },
  onPaste: text => {
    typed += `<${text}>`
    show()
  },
  onResize: () => show(),
  onResume: () => {
    resumed++
    show()
  },
})

const boom = (): never => {
  throw new Error('boom in a timer')
}

const lines = (): string[] => {
  const { columns, rows } = terminal.size()
  const rule = '─'.repeat(columns)
  return [
    `ready ${columns}x${rows} resumed ${resumed}`,
    typed,
    ...new Array<string>(rows - 3).fill(rule),
    '\x1b[1mlast row\x1b[22m',
  ]
}

const show = (): void => {
  const { columns, rows } = terminal.size()
  renderer?.render(<Rows rows={lines()} width={columns} height={rows} />)
}

terminal.preview(lines())
renderer = inkRenderer(terminal)
show()
