import { describe, expect, test } from 'vitest'
import { plainText } from '../../../src/tui/line.ts'
import { type Header, headerLine } from '../../../src/tui/panes/header-line.ts'
import { keyLine } from '../../../src/tui/panes/key-line.ts'
import { goalLines, knobLine, logLines } from '../../../src/tui/panes/lab-lines.ts'
import { lampLines } from '../../../src/tui/panes/lamp-lines.ts'
import { ascii, textOf, textsOf, unicode } from './pane-text.ts'

const header: Header = {
  place: 'cap/cp-or-ap',
  title: 'CP or AP?',
  phase: 'observe 4/7',
  seed: 7,
  nowUs: 1_420_000,
  playing: true,
  pace: '1x',
  notice: '',
}

describe('the lines around a lab', () => {
  test('the header keeps the time and leaves out the place first', () => {
    expect(plainText(headerLine(header, 80, unicode))).toBe(
      'cap/cp-or-ap   CP or AP?   observe 4/7                 seed 7  1.420 s   ▶ 1x   ',
    )
    expect(plainText(headerLine(header, 60, unicode))).toContain('CP or AP?   observe 4/7')
    expect(plainText(headerLine(header, 60, unicode))).not.toContain('cap/')
  })

  test('the time keeps its place when it grows a digit', () => {
    const at = (nowUs: number): number => plainText(headerLine({ ...header, nowUs }, 80, unicode)).indexOf(' s   ▶')
    expect(at(9_999_000)).toBe(at(10_000_000))
  })

  test('lamps say in a word and by a sign whether they burn, in one row or in none', () => {
    const lamps = [
      { say: 'as one copy', lit: true },
      { say: 'every live machine answers', lit: false },
    ]
    expect(textsOf(lampLines(lamps, 80, unicode))).toEqual([' ● as one copy: lit   ○ every live machine answers: out'])
    expect(textOf(lampLines(lamps, 80, ascii), ascii)).toBe(' * as one copy: lit   o every live machine answers: out')
    expect(textsOf(lampLines(lamps, 40, unicode))).toEqual([' ● as one copy: lit   ○ every live mach…'])
    expect(lampLines([], 80, unicode)).toEqual([])
  })

  test('the footer leaves out what finds no room, but never the help', () => {
    const own = [
      { key: 'w', label: 'write' },
      { key: 'p', label: 'cut' },
    ]
    const fixed = [
      { key: 'space', label: 'run' },
      { key: '?', label: 'help' },
    ]
    expect(plainText(keyLine(own, fixed, 60, unicode))).toBe('w write  p cut  space run  ? help')
    expect(plainText(keyLine(own, fixed, 24, unicode))).toBe('w write  p cut  ? help')
    expect(plainText(keyLine(own, fixed, 8, unicode))).toBe('? help')
  })

  test('goals stand beside one another where they fit', () => {
    const goals = [
      { say: 'a live node refuses', reached: true, fresh: false },
      { say: "Bob's write is acknowledged", reached: false, fresh: false },
    ]
    expect(textsOf(goalLines(goals, 80, unicode))).toEqual([
      "goals  ✓ a live node refuses   ○ Bob's write is acknowledged",
    ])
    expect(textsOf(goalLines(goals, 40, unicode))).toEqual([
      'goals  ✓ a live node refuses',
      "       ○ Bob's write is acknowledged",
    ])
  })

  test('knobs show their key and value', () => {
    const knobs = [
      { key: 'm', label: 'policy', value: 'CP', turned: false },
      { key: null, label: 'reads', value: 'local', turned: true },
    ]
    expect(plainText(knobLine(knobs, 60, unicode))).toBe('m policy CP   reads local')
  })

  test('a switch without a key is left out where there is no room for its name', () => {
    const knobs = [
      { key: 'm', label: 'policy', value: 'CP', turned: false },
      { key: null, label: 'first to stand', value: 'n1 first', turned: false },
    ]
    expect(plainText(knobLine(knobs, 60, unicode))).toBe('m policy CP   first to stand n1 first')
    expect(plainText(knobLine(knobs, 30, unicode))).toBe('m CP')
  })

  test('a skipped command says why', () => {
    const log = [
      { text: 'cut(left|right)', state: 'done' as const, why: '', atUs: 420_000 },
      { text: 'drop(n1>n2#3)', state: 'skipped' as const, why: 'it has arrived', atUs: 500_000 },
      { text: 'crash(leader)', state: 'waiting' as const, why: '', atUs: null },
    ]
    expect(textsOf(logLines(log, 60, 2, unicode))).toEqual([
      '  0.500 s ✗ drop(n1>n2#3)  it has arrived',
      '    waits ○ crash(leader)',
    ])
  })
})
