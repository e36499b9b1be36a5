import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { type Draw, drawsOf } from '../tui/app/draws.ts'
import { expectRestored } from './restored.ts'
import { openHome } from './tutor.ts'

const KEYS = 3000
const RESIZES = 50

const SPECIAL = [
  '\r',
  '\t',
  '\x1b[Z',
  '\x7f',
  '\x1b[A',
  '\x1b[B',
  '\x1b[C',
  '\x1b[D',
  '\x1b[1;2C',
  '\x1b[H',
  '\x1b[F',
  '\x1b[5~',
  '\x1b[6~',
  ' ',
  // Unknown to netsplit, or broken off.
  '\x1b[99~',
  '\x1b[<0;10;10M',
  '\x1bOz',
  '\x1b]0;title\x07',
  '\x1b[200~q\rpasted\x1b[201~',
]
// No q: it would quit.
const LETTERS = [...'abcdefghijklmnoprstuvwxyzBUK0123456789?/!+-=<>.é漢']

const oneKey = (draw: Draw): string => {
  const kind = draw.one(20)
  if (kind < 1) return '\x1b'
  return kind < 12 ? draw.of(SPECIAL) : draw.of(LETTERS)
}

/** Resident memory, MB; null where the system does not tell. */
const residentMb = (pid: number): number | null => {
  try {
    const [, kilobytes = ''] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kilobytes) / 1024
  } catch {
    return null
  }
}

it('three thousand keys and fifty resizes: no crash, no stuck state, memory bounded', async () => {
  const draw = drawsOf(20)
  const terminal = await openHome()
  for (let resizes = 0; resizes < RESIZES; resizes++) {
    for (let keys = 0; keys < KEYS / RESIZES; keys++) terminal.send(oneKey(draw))
    const before = terminal.bytes
    terminal.resize(20 + draw.one(200), 5 + draw.one(60))
    // A screen of another size is drawn anew, after all the keys before.
    await terminal.until(() => terminal.bytes > before)
  }
  terminal.resize(80, 24)
  // Keys that come while the window is still too small do nothing, so escape is pressed until home is there. The arrow
  // ends it, or it would take the next key for alt and that key.
  const isHome = (): boolean => {
    terminal.send('\x1b\x1b[A')
    return terminal.screen().includes('a laboratory of distributed systems')
  }
  await expect.poll(isHome, { timeout: 20_000, interval: 20 }).toBe(true)
  await terminal.until('On your own')
  expect(residentMb(terminal.pid) ?? 0).toBeLessThan(400)
  terminal.send('q')
  expect((await terminal.exited).exitCode).toBe(0)
  expectRestored(terminal)
})
