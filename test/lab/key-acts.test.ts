import { describe, expect, it } from 'vitest'
import { keyActs } from '../../src/lab/key-acts.ts'
import { resolveLab } from '../../src/lab/resolve-lab.ts'
import { Session } from '../../src/lab/session.ts'
import { raftDefinition, registry } from './mini-labs.ts'

const lab = resolveLab(
  {
    ...raftDefinition,
    keys: {
      k: { do: 'crash(n2)', label: 'kill n2' },
      w: { do: 'write(alice x)', label: 'Alice writes' },
      p: { do: 'cut(left|right)', label: 'cut' },
      d: { do: 'drop(oldest to n5)', label: 'lose' },
      b: { do: 'crash(n2) crash(n1)', label: 'kill two' },
      g: { do: 'crash(leader)', label: 'kill the leader' },
      h: { do: 'heal', label: 'heal' },
      s: { do: 'crash(servers)', label: 'kill all' },
    },
    goals: [],
    predictions: [],
    claims: [],
  },
  registry,
)
const acting = (settings: Readonly<Record<string, string>>): string => {
  const session = Session.create(lab, { seed: 1, settings })
  const present = [...session.servers, ...session.clients]
  return lab.keys.flatMap(key => (keyActs(key, lab, present) ? [key.letter] : [])).join('')
}

describe('which keys of a lab can do something', () => {
  it('is all of them where every node takes part', () => {
    expect(acting({})).toBe('kwpdbghs')
  })

  it('leaves out a key that names a node, or a group of nodes, of which nobody takes part', () => {
    expect(acting({ store: 'register' })).toBe('wbghs')
  })

  it('leaves out none that would have done something', () => {
    for (const letter of ['k', 'p', 'd']) {
      const session = Session.create(lab, { seed: 1, settings: { store: 'register' } })
      expect(
        session
          .press(letter)
          .advanceTo(1_000_000)
          .log.map(({ state }) => state),
      ).not.toContain('done')
    }
  })
})
