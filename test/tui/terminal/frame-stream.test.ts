import xterm from '@xterm/headless'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrameStream } from '../../../src/tui/terminal/frame-stream.ts'

const ESC = '\x1b'

/** A terminal that keeps what it is sent, and answers as `ready` says. */
class Sink {
  columns = 20
  rows = 4
  ready = true
  writes: string[] = []
  #drained: (() => void)[] = []

  write(data: string): boolean {
    this.writes.push(data)
    return this.ready
  }

  once(_: 'drain', listener: () => void): void {
    this.#drained.push(listener)
  }

  drain(): void {
    this.ready = true
    for (const listener of this.#drained.splice(0)) listener()
  }
}

/** What a real terminal shows after these writes: its rows, then the style of every cell. */
const shownBy = async (writes: readonly string[], columns: number, rows: number): Promise<string> => {
  const term = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
  // As the screen is taken: without wrapping, which a full last row would set off.
  await new Promise<void>(resolve => term.write(`${ESC}[?7l${writes.join('')}`, resolve))
  const lines = Array.from({ length: rows }, (_, y) => term.buffer.active.getLine(y)?.translateToString(false) ?? '')
  const shown = `${lines.join('\n')}\n${stylesOf(term, rows, columns)}`
  term.dispose()
  return shown
}

/** Style of every cell. */
const stylesOf = (term: xterm.Terminal, rows: number, columns: number): string => {
  const cell = term.buffer.active.getNullCell()
  let styles = ''
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      term.buffer.active.getLine(y)?.getCell(x, cell)
      styles += `${cell.getFgColor()}/${cell.getBgColor()}/${cell.isBold()}${cell.isDim()}${cell.isInverse()}${cell.isUnderline()} `
    }
    styles += '\n'
  }
  return styles
}

const streamOn = (sink: Sink): FrameStream => new FrameStream(sink, 'linux')

const BEGIN = `${ESC}[?2026h`
const END = `${ESC}[?2026l`
const withoutMarks = (data: string): string => data.replace(BEGIN, '').replace(END, '')

describe('a frame', () => {
  it('is one write between the marks of a synchronized update', () => {
    const sink = new Sink()
    streamOn(sink).write('one\ntwo')
    expect(sink.writes).toHaveLength(1)
    expect(sink.writes[0]?.startsWith(BEGIN)).toBe(true)
    expect(sink.writes[0]?.endsWith(END)).toBe(true)
  })

  it('that equals the last one writes nothing', () => {
    const sink = new Sink()
    const stream = streamOn(sink)
    stream.write('one\ntwo')
    stream.write('one\ntwo')
    stream.write('\x1b[0mone   \ntwo')
    expect(sink.writes).toHaveLength(1)
  })

  it('writes only the cells that changed', () => {
    const sink = new Sink()
    const stream = streamOn(sink)
    stream.write('time 1.402 s\nabc')
    stream.write('time 1.417 s\nabc')
    expect(withoutMarks(sink.writes[1] ?? '')).toBe('\x1b[1;9H17')
  })

  it('writes a cell whose colour alone changed', () => {
    const sink = new Sink()
    const stream = streamOn(sink)
    stream.write('a\x1b[31mb\x1b[39mc')
    stream.write('a\x1b[32mb\x1b[39mc')
    expect(withoutMarks(sink.writes[1] ?? '')).toBe('\x1b[1;2H\x1b[32mb\x1b[m')
  })

  it('erases a tail, but never behind a full row', () => {
    const sink = new Sink()
    const stream = streamOn(sink)
    const full = 'x'.repeat(sink.columns)
    stream.write(full)
    stream.write('xxx')
    expect(withoutMarks(sink.writes[1] ?? '')).toBe('\x1b[1;4H\x1b[K')
    stream.write(full)
    expect(sink.writes[2]).not.toContain('\x1b[K')
  })

  it('that is larger than the screen is cut', async () => {
    const sink = new Sink()
    streamOn(sink).write(new Array(9).fill('y'.repeat(50)).join('\n'))
    const shown = await shownBy(sink.writes, 20, 4)
    expect(shown.split('\n').slice(0, 4)).toEqual(new Array(4).fill('y'.repeat(20)))
  })
})

describe('a terminal', () => {
  it('that reports no size is taken for 80x24', () => {
    const sink = Object.assign(new Sink(), { columns: 0, rows: 0 })
    expect(streamOn(sink).size).toEqual({ columns: 80, rows: 24 })
  })

  it('of Windows keeps its last row empty', () => {
    expect(new FrameStream(new Sink(), 'win32').size).toEqual({ columns: 20, rows: 3 })
  })

  it('is painted anew when its content is not known', async () => {
    const sink = new Sink()
    const stream = streamOn(sink)
    stream.write('one')
    stream.repaint()
    expect(sink.writes[1]).toContain('\x1b[2J')
    expect(await shownBy(sink.writes.slice(1), 20, 4)).toContain('one')
  })

  it('is painted anew when its size has changed', async () => {
    const sink = new Sink()
    const stream = streamOn(sink)
    stream.write('one')
    sink.columns = 30
    stream.write('one')
    expect(sink.writes[1]).toContain('\x1b[2J')
  })

  it('that is slow gets the latest frame and none between', () => {
    const sink = new Sink()
    const stream = streamOn(sink)
    sink.ready = false
    for (const digit of '123456789') stream.write(`frame ${digit}`)
    expect(sink.writes).toHaveLength(1)
    sink.drain()
    expect(sink.writes).toHaveLength(2)
    expect(withoutMarks(sink.writes[1] ?? '')).toBe('\x1b[1;7H9')
    sink.drain()
    expect(sink.writes).toHaveLength(2)
  })

  it('gets nothing after the end', () => {
    const sink = new Sink()
    const stream = streamOn(sink)
    stream.end()
    stream.write('late')
    stream.repaint()
    expect(sink.writes).toEqual([])
  })
})

describe('any frames one after another', () => {
  const piece = fc.oneof(
    fc.constantFrom('a', 'b', ' ', '  ', '─', '●', '⠿', 'xyz', '日', '本語', 'e\u0301', '          '),
    fc.constantFrom(
      '\x1b[31m',
      '\x1b[39m',
      '\x1b[1m',
      '\x1b[2m',
      '\x1b[22m',
      '\x1b[7m',
      '\x1b[27m',
      '\x1b[1;36m',
      '\x1b[0m',
      '\x1b[44m',
      '\x1b[49m',
    ),
  )
  const row = fc.array(piece, { maxLength: 14 }).map(pieces => pieces.join(''))
  const frame = fc.array(row, { maxLength: 5 }).map(rows => rows.join('\n'))

  it('leave the screen as painting the last one alone would', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 2, maxLength: 6 }), async frames => {
        const sink = new Sink()
        const stream = streamOn(sink)
        for (const each of frames) stream.write(each)
        const alone = new Sink()
        streamOn(alone).write(frames.at(-1) ?? '')
        expect(await shownBy(sink.writes, 20, 4)).toBe(await shownBy(alone.writes, 20, 4))
      }),
      { seed: 3, numRuns: 300 },
    )
  })
})
