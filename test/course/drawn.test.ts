import { describe, expect, it } from 'vitest'
import { checkLinearizable } from '../../src/check/linearizable.ts'
import { models } from '../../src/check/model.ts'
import { generators } from '../../src/course/drawn/generators.ts'
import { linearizableItems } from '../../src/course/drawn/linearizable-item.ts'
import { distancesOf, expectedRead, runDistances } from '../../src/course/drawn/what-reads-item.ts'
import { runSituation, situationOf } from '../../src/course/drawn/who-accepts-item.ts'
import { witnessOf } from '../../src/course/drawn/witness.ts'
import { quizItemSchema } from '../../src/course/quiz-item.ts'
import type { History, Operation } from '../../src/kernel/operation.ts'

const seeds = (count: number): readonly number[] => Array.from({ length: count }, (_, k) => k + 1)

describe.each(generators)('questions of the kind $name', generator => {
  it('are whole items, each with one right option and a reason for every one', () => {
    for (const seed of seeds(12)) {
      const { figure, ...item } = generator.draw(seed)
      expect(quizItemSchema.parse(item).id).toBe(`${generator.name}-${seed}`)
      expect(figure).toBeDefined()
    }
  })

  it('are the same for the same seed and others for another', () => {
    const texts = seeds(8).map(seed => JSON.stringify({ ...generator.draw(seed), id: '' }))
    expect(JSON.stringify({ ...generator.draw(3), id: '' })).toBe(texts[2])
    expect(new Set(texts).size).toBe(8)
  })

  it('cannot be answered without looking: neither of the first two options is always right', () => {
    const rights = new Set(
      seeds(16).map(seed => generator.draw(seed).options.findIndex(option => option.right === true)),
    )
    expect([...rights].sort()).toEqual([0, 1])
  })
})

describe('the answers', () => {
  it('of linearizability are the checker’s, and where it holds the order that is told explains every answer', () => {
    for (const seed of seeds(12)) {
      const { figure, options } = linearizableItems.draw(seed)
      if (figure.kind !== 'history') throw new Error('the figure is a history')
      const { answer } = checkLinearizable(figure.history, models.register)
      expect(answer).toBe(options[0]?.right === true ? 'holds' : 'violated')
      expect(witnessOf(figure.history) !== null).toBe(answer === 'holds')
    }
  })

  it('of who accepts agree with counting, over many clusters', () => {
    for (const seed of seeds(150)) {
      const situation = situationOf(seed)
      const { side, nodes, store } = situation
      const got = runSituation(situation, seed).history[0]?.outcome === 'ok'
      expect({ seed, ok: got }).toEqual({ seed, ok: store.enough(side, nodes.length) })
    }
  })

  it('of what is read agree with arithmetic, over many distances', () => {
    for (const seed of seeds(150)) {
      const distances = distancesOf(seed)
      const read = runDistances(distances, seed).history.find(op => op.client === 'bob')
      expect({ seed, read: read?.output }).toEqual({ seed, read: expectedRead(distances) })
    }
  })
})

describe('a witness', () => {
  const op = (
    client: string,
    kind: 'read' | 'write',
    value: number | null,
    invokedUs: number,
    returnedUs: number | null,
  ) =>
    ({
      id: `${client}@${invokedUs}`,
      client,
      kind,
      key: 'x',
      input: kind === 'write' ? value : null,
      output: kind === 'read' ? value : null,
      outcome: returnedUs === null ? 'unknown' : 'ok',
      invokedUs,
      returnedUs,
    }) as unknown as Operation

  it('is there exactly where the checker says that the history holds', () => {
    for (let code = 0; code < 81; code++) {
      const digit = (place: number): number => Math.floor(code / 3 ** place) % 3
      const history: History = [
        op('a', 'write', 1, 0, 50),
        op('b', 'write', 2, 30, digit(0) === 0 ? null : 90),
        op('c', 'read', digit(1) === 0 ? null : digit(1), 40, 60),
        op('d', 'read', digit(2) === 0 ? null : digit(2), 70, 110),
        op('e', 'read', digit(3) === 0 ? null : digit(3), 120, 130),
      ]
      const holds = checkLinearizable(history, models.register).answer === 'holds'
      expect({ code, found: witnessOf(history) !== null }).toEqual({ code, found: holds })
    }
  })
})
