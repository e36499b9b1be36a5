import { capabilitiesOfProcess } from './tui/terminal/capabilities.ts'
import { openTerminal } from './tui/terminal/open-terminal.ts'

const capabilities = capabilitiesOfProcess()
if (!capabilities.interactive) {
  process.stderr.write('netsplit needs a terminal.\n')
  process.exit(2)
}

let keys = ''
let show = (): void => {}
const terminal = openTerminal({
  capabilities,
  onKey: key => {
    if (key.id === 'q' || key.id === 'ctrl+c') return terminal.close()
    if (key.id === 'X') throw new Error('boom in a key')
    if (key.id === 'R')
      setTimeout(() => {
        throw new Error('boom in a timer')
      })
    if (key.id === 'P') Promise.reject(new Error('boom in a promise'))
    keys += `[${key.id}]`
    show()
  },
  onPaste: text => {
    keys += `<${text}>`
    show()
  },
  onResize: () => show(),
})
const lines = (): string[] => {
  const { columns, rows } = terminal.size()
  return [`netsplit ready ${columns}x${rows}`, keys, ...new Array<string>(rows - 3).fill('─'.repeat(columns)), 'q quit']
}
terminal.preview(lines())

const loadInk = async (): Promise<void> => {
  const [{ createElement }, { inkRenderer }, { Rows }] = await Promise.all([
    import('react'),
    import('./tui/terminal/ink-renderer.ts'),
    import('./tui/terminal/rows.tsx'),
  ])
  const renderer = inkRenderer(terminal)
  show = () => {
    const { columns, rows } = terminal.size()
    renderer.render(createElement(Rows, { rows: lines(), width: columns, height: rows }))
  }
  show()
}
void loadInk()
