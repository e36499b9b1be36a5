import { describe, expect, it } from 'vitest'
import type { TerminalInput } from '../../../src/tui/terminal/key.ts'
import { KeyReader, PASTE_TIMEOUT_MS, SEQUENCE_TIMEOUT_MS } from '../../../src/tui/terminal/key-reader.ts'

/** A reader whose timer rings when the test says so. */
const readerWithHandTimer = () => {
  const inputs: TerminalInput[] = []
  const armed: { expired: () => void; delayMs: number }[] = []
  const reader = new KeyReader(
    input => inputs.push(input),
    (expired, delayMs) => {
      const entry = { expired, delayMs }
      armed.push(entry)
      return () => armed.splice(armed.indexOf(entry), 1)
    },
  )
  return {
    reader,
    armed,
    type: (text: string) => reader.read(new TextEncoder().encode(text)),
    ring: () => armed.shift()?.expired(),
    ids: () => inputs.map(input => (input.kind === 'key' ? input.key.id : `paste:${input.text}`)),
  }
}

describe('a key reader', () => {
  it('delivers plain keys at once, with no timer', () => {
    const { type, ids, armed } = readerWithHandTimer()
    type('ab')
    expect(ids()).toEqual(['a', 'b'])
    expect(armed).toHaveLength(0)
  })

  it('takes a lone escape for the escape key when time is up', () => {
    const { type, ids, ring, armed } = readerWithHandTimer()
    type('\x1b')
    expect(ids()).toEqual([])
    expect(armed.map(timer => timer.delayMs)).toEqual([SEQUENCE_TIMEOUT_MS])
    ring()
    expect(ids()).toEqual(['escape'])
  })

  it('joins a sequence that a slow line has split', () => {
    const { type, ids, armed } = readerWithHandTimer()
    type('\x1b')
    type('[')
    type('A')
    expect(ids()).toEqual(['up'])
    expect(armed).toHaveLength(0)
  })

  it('waits longer for the end of a paste, but not for ever', () => {
    const { type, ids, ring, armed } = readerWithHandTimer()
    type('\x1b[200~text')
    expect(armed.map(timer => timer.delayMs)).toEqual([PASTE_TIMEOUT_MS])
    ring()
    type('\x03')
    expect(ids()).toEqual(['paste:text', 'ctrl+c'])
  })

  it('delivers nothing after it was stopped', () => {
    const { reader, type, ids, armed } = readerWithHandTimer()
    type('\x1b')
    reader.stop()
    expect(armed).toHaveLength(0)
    expect(ids()).toEqual([])
  })
})
