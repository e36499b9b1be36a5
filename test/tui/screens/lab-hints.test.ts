import { describe, expect, it } from 'vitest'
import { labHints } from '../../../src/tui/screens/lab-view.ts'
import { at } from '../app/trial-lesson.ts'

describe("the lab's keys at the foot", () => {
  const { bench } = at('attempt')
  const letters = (names: readonly string[]): string[] => labHints(bench, names).map(({ key }) => key)

  it('stand as the lab has them where the page names none', () => {
    expect(letters([])).toEqual(bench.session.lab.keys.map(({ letter }) => letter))
  })

  it('begin with those that the page names, in its order, each once, and lose none', () => {
    const all = letters([])
    const named = letters(['d', 'space', 'r', 'd'])
    expect(named.slice(0, 2)).toEqual(['d', 'r'])
    expect([...named].sort()).toEqual([...all].sort())
  })

  it('leave out a key whose client takes no part', () => {
    const alone = { session: { lab: bench.session.lab, servers: bench.session.servers, clients: [] } }
    const left = labHints(alone, ['w']).map(({ key }) => key)
    expect(left).not.toContain('w')
    expect(left).toContain('d')
  })
})
