import { describe, expect, it } from 'vitest'
import type { Operation } from '../../src/kernel/operation.ts'
import { applyAct, createWorld, history, step } from '../../src/sim/simulator.ts'
import { pingLab, runTo } from './lab.ts'
import { id, Theatre } from './puppet.ts'

describe('a client operation', () => {
  it('is in the history from its invocation, and closed by its client once', () => {
    const stage = new Theatre().to(5).tell('n1', {})
    expect(stage.history()).toMatchObject([
      { id: 'n1#1', client: 'n1', outcome: 'unknown', invokedUs: 5000, returnedUs: null, gaveUpUs: null },
    ])
    stage.to(9).tell('n1', { complete: { op: 'n1#1', outcome: 'ok' } })
    stage.tell('n1', { complete: { op: 'n1#1', outcome: 'fail' } })
    expect(stage.history()[0]).toMatchObject({ outcome: 'ok', output: 1, returnedUs: 9000 })
    expect(stage.history()[0]).not.toHaveProperty('gaveUpUs')
  })

  it('fails with its reason', () => {
    const stage = new Theatre().tell('n1', {}).tell('n1', { complete: { op: 'n1#1', outcome: 'fail' } })
    expect(stage.history()[0]).toMatchObject({ outcome: 'fail', reason: 'told so', output: null, returnedUs: 0 })
  })

  it('is unknown when the client gives up', () => {
    const stage = new Theatre()
      .tell('n1', {})
      .to(3)
      .tell('n1', { complete: { op: 'n1#1', outcome: 'unknown' } })
    expect(stage.history()[0]).toMatchObject({ outcome: 'unknown', returnedUs: null, gaveUpUs: 3000 })
  })

  it('is unknown after the deadline, for good', () => {
    const stage = new Theatre({}, { deadlineUs: 20_000 }).tell('n1', {}).to(20)
    expect(stage.history()[0]).toMatchObject({ outcome: 'unknown', returnedUs: null, gaveUpUs: 20_000 })
    expect(stage.events.at(-1)?.cause).toEqual({ type: 'deadline', node: 'n1', op: 'n1#1' })
    stage.tell('n1', { complete: { op: 'n1#1', outcome: 'ok' } })
    expect(stage.history()[0]?.outcome).toBe('unknown')
  })

  it('cannot be closed by another node', () => {
    const stage = new Theatre().tell('n1', {}).tell('n2', { complete: { op: 'n1#1', outcome: 'ok' } })
    expect(stage.history()[0]?.outcome).toBe('unknown')
  })

  it('outlives a crash of its client as unknown', () => {
    const stage = new Theatre({}, { deadlineUs: 20_000 })
      .tell('n1', {})
      .act({ act: 'crash', node: id('n1') })
      .to(30)
    expect(stage.history()[0]).toMatchObject({ outcome: 'unknown', gaveUpUs: 20_000 })
  })

  it('stands in the order of invocation, not of return', () => {
    const stage = new Theatre().tell('n1', {}).to(1).tell('n2', {})
    stage
      .to(2)
      .tell('n2', { complete: { op: 'n2#1', outcome: 'ok' } })
      .to(3)
      .tell('n1', { complete: { op: 'n1#1', outcome: 'ok' } })
    expect(stage.history().map(operation => operation.id)).toEqual(['n1#1', 'n2#1', 'n2#2', 'n1#2'])
  })
})

describe('a long batch', () => {
  it('hands closed operations over, forgets the old ones, and keeps the world small', () => {
    const spec = { ...pingLab({ nodes: 2 }), historyLimit: 100 }
    const world = createWorld(spec)
    runTo(spec, world, 0)
    const closed: Operation[] = []
    for (let i = 0; i < 1000; i++) {
      applyAct(spec, world, { act: 'request', node: id('n1'), request: { kind: 'add', key: 'k', input: i } })
      while (world.open.length > 0) step(spec, world, { effects: false, closed: operation => closed.push(operation) })
    }
    expect(closed.map(operation => operation.input)).toEqual(Array.from({ length: 1000 }, (_, i) => i))
    expect(history(world).length).toBeGreaterThanOrEqual(100)
    expect(history(world).length).toBeLessThan(300)
    expect(history(world).at(-1)).toEqual(closed.at(-1))
  })

  it('carries no effects when nobody listens, and is the same run', () => {
    const spec = pingLab({ nodes: 3, config: { everyUs: 10_000 }, network: { loss: 0.1 } })
    const [heard, unheard] = [createWorld(spec), createWorld(spec)]
    for (let i = 0; i < 500; i++) {
      const event = step(spec, heard)
      expect(step(spec, unheard, { effects: false })).toEqual({ ...event, effects: [] })
    }
    expect(unheard).toEqual(heard)
  })
})
