import { describe, expect, test } from 'vitest'
import { convergence } from '../../../src/check/phenomena/agreement.ts'
import { detectors } from '../../../src/check/phenomena/detectors.ts'
import { disagreement } from '../../../src/check/phenomena/disagreement.ts'
import { converged, diverged } from '../../../src/check/phenomena/diverged.ts'
import { falseSuspicion } from '../../../src/check/phenomena/false-suspicion.ts'
import { refusedAtLiveNode } from '../../../src/check/phenomena/refused-at-live-node.ts'
import { scoreboard } from '../../../src/check/phenomena/scoreboard.ts'
import { splitBrain } from '../../../src/check/phenomena/split-brain.ts'
import { staleRead } from '../../../src/check/phenomena/stale-read.ts'
import { twoLeaders } from '../../../src/check/phenomena/two-leaders.ts'
import { nodeId } from '../../../src/kernel/ids.ts'
import { Play } from './play.ts'

describe('two-leaders', () => {
  test('two nodes in charge of the same thing at once', () => {
    const play = new Play(twoLeaders).leads(10, 'n1', 1).leads(20, 'n2', 2)
    expect(play.found).toMatchObject([{ nodes: ['n1', 'n2'], atUs: 20_000 }])
    expect(play.found[0]?.evidence).toBe('n1 (term 1) and n2 (term 2) both took themselves to be in charge at 0.02 s.')
  })

  test('a paused leader still believes, a crashed one does not', () => {
    expect(new Play(twoLeaders).leads(1, 'n1', 1).status(2, 'n1', 'paused').leads(3, 'n2', 2).found).toHaveLength(1)
    expect(new Play(twoLeaders).leads(1, 'n1', 1).status(2, 'n1', 'down').leads(3, 'n2', 2).found).toEqual([])
  })

  test('not one after the other, nor in charge of different things', () => {
    const play = new Play(twoLeaders).leads(1, 'n1', 1).leads(2, 'n1', null).leads(3, 'n2', 2).leads(4, 'n2', null)
    play.leads(5, 'n1', 3, 'x').leads(6, 'n2', 3, 'y')
    expect(play.found).toEqual([])
  })

  test('one sighting for one stretch of time, one more for the next', () => {
    const play = new Play(twoLeaders).leads(1, 'n1', 1).leads(2, 'n2', 2).tick(3, 'n1').tick(4, 'n2')
    expect(play.found).toHaveLength(1)
    play.leads(5, 'n1', null).leads(6, 'n1', 3)
    expect(play.found).toHaveLength(2)
  })
})

describe('split-brain', () => {
  test('both leaders complete operations', () => {
    const play = new Play(splitBrain).leads(1, 'n1', 1).leads(2, 'n2', 2)
    const a = play.done(10, 20, 'alice', 'write', 1, { servedBy: 'n1' })
    expect(play.found).toEqual([])
    const b = play.done(30, 40, 'bob', 'write', 2, { servedBy: 'n2' })
    expect(play.found).toMatchObject([{ nodes: ['n1', 'n2'], ops: [a, b], key: 'x' }])
    expect(play.found[0]?.evidence).toBe(
      'n1 and n2 were both in charge from 0.002 s on, and both acted: Alice wrote 1 through n1, Bob wrote 2 through n2.',
    )
  })

  test('not when one of them only believes', () => {
    const play = new Play(splitBrain).leads(1, 'n1', 1).leads(2, 'n2', 2)
    play.done(10, 20, 'alice', 'write', 1, { servedBy: 'n2' })
    play.complete(90, play.invoke(30, 'bob', 'write', 2), 'unknown')
    expect(play.found).toEqual([])
  })

  test('not when the first had stepped down before the second acted', () => {
    const play = new Play(splitBrain).leads(1, 'n1', 1).leads(2, 'n2', 2)
    play.done(10, 20, 'alice', 'write', 1, { servedBy: 'n1' })
    play.leads(21, 'n1', null)
    play.done(30, 40, 'bob', 'write', 2, { servedBy: 'n2' })
    expect(play.found).toEqual([])
  })
})

describe('split-brain through nodes that pass calls on, and late answers', () => {
  test('the deed is that of the leader, not of the node that passed its answer on', () => {
    const play = new Play(splitBrain).leads(1, 'n1', 1).leads(2, 'n2', 2)
    const a = play.done(10, 20, 'alice', 'write', 1, { servedBy: 'n1' })
    const b = play.invoke(30, 'bob', 'write', 2)
    play.message(35, 'n2', 'n3', b, 'arrives')
    play.message(36, 'n3', 'bob', b, 'arrives').complete(40, b, 'ok', null, 'n3')
    expect(play.found).toMatchObject([{ nodes: ['n1', 'n2'], ops: [a, b] }])
  })

  test('a deed counts though its node steps down before the client has the answer', () => {
    const play = new Play(splitBrain).leads(1, 'n1', 1).leads(2, 'n2', 2)
    const b = play.done(20, 30, 'bob', 'write', 2, { servedBy: 'n2' })
    const a = play.invoke(40, 'alice', 'write', 1)
    play.message(50, 'n1', 'alice', a, 'arrives').leads(51, 'n1', null).complete(52, a, 'ok', null, 'n1')
    expect(play.found).toMatchObject([{ nodes: ['n2', 'n1'], ops: [b, a] }])
  })

  test('what was asked for before the two were rivals does not count: a majority may have agreed on it before', () => {
    const play = new Play(splitBrain).leads(1, 'n1', 1)
    const a = play.invoke(5, 'alice', 'write', 1)
    play.leads(10, 'n2', 2).message(11, 'n1', 'alice', a, 'arrives').complete(12, a, 'ok', null, 'n1')
    play.done(20, 30, 'bob', 'write', 2, { servedBy: 'n2' })
    expect(play.found).toEqual([])
  })

  test('replies to operations that never end do not pile up', () => {
    const play = new Play(splitBrain).leads(1, 'n1', 1).leads(2, 'n2', 2)
    for (let at = 3; at < 300; at += 1)
      play.message(at, 'n1', 'alice', play.invoke(at, 'alice', 'write', at), 'arrives')
    expect(play.size).toBeLessThan(20_000)
  })
})

describe('diverged and converged', () => {
  const parted = (detector: typeof diverged) => {
    const play = new Play(detector).faulty(0, true).inFlight(1)
    const a = play.invoke(1, 'alice', 'write', 'A')
    const b = play.invoke(2, 'bob', 'write', 'B')
    play.applied(3, 'n1', a, null, 'A').applied(4, 'n2', b, null, 'B')
    return { play, a, b }
  }

  test('copies took writes that know nothing of one another', () => {
    const { play } = parted(diverged)
    expect(play.found).toMatchObject([{ key: 'x', nodes: ['n1', 'n2'], atUs: 4000 }])
    expect(play.found[0]?.evidence).toBe('The copies of x differ at 0.004 s: "A" on n1; "B" on n2.')
  })

  const lagging = () => {
    const play = new Play(diverged).inFlight(1)
    const [a, b] = [play.invoke(1, 'alice', 'write', 1), play.invoke(2, 'alice', 'write', 2)]
    return { play: play.applied(3, 'n1', a, null, 1).applied(4, 'n2', a, null, 1).applied(5, 'n1', b, a, 2).tick(6), b }
  }

  test('a copy that lags behind is no divergence while news is on its way, and is one when none comes for as long as settling takes', () => {
    const { play } = lagging()
    expect(play.found).toEqual([])
    play.inFlight(0).tick(7).tick(900).faulty(910, true).tick(920).faulty(930, false).tick(1900)
    expect(play.found).toEqual([])
    play.tick(1930)
    expect(play.found).toMatchObject([{ atUs: 1_930_000 }])
  })

  test('a copy that catches up with the next heartbeat, as a follower of Raft does, has not diverged', () => {
    const { play, b } = lagging()
    play.inFlight(0).tick(7).applied(60, 'n2', b, null, 2).tick(2000)
    expect(play.found).toEqual([])
  })

  test('converged once equal, quiet and without faults, and only after a divergence', () => {
    const { play, a, b } = parted(converged)
    play.applied(10, 'n1', b, a, 'B')
    expect(play.found).toEqual([])
    play.faulty(11, false).tick(12)
    expect(play.found).toEqual([])
    play.inFlight(0).tick(13)
    expect(play.found).toMatchObject([{ key: 'x', atUs: 13_000 }])
    play.tick(14)
    expect(play.found).toHaveLength(1)
    const calm = new Play(converged)
    calm.applied(1, 'n1', calm.invoke(0, 'alice', 'write', 1), null, 1).tick(2)
    expect(calm.found).toEqual([])
  })

  test('convergence over the views says which keys differ', () => {
    const { play, b } = parted(diverged)
    expect(convergence(play.scene)).toEqual({ converged: false, differing: ['x'] })
    play.applied(10, 'n1', b, null, 'B').inFlight(0)
    expect(convergence(play.scene)).toEqual({ converged: true, differing: [] })
  })
})

describe('refused-at-live-node', () => {
  test('no answer until the client gives up', () => {
    const play = new Play(refusedAtLiveNode)
    const a = play.invoke(10, 'alice', 'write', 1)
    play.message(11, 'alice', 'n1', a, 'arrives').complete(1000, a, 'unknown')
    expect(play.found).toMatchObject([{ by: 'alice', nodes: ['n1'], ops: [a], final: true }])
    expect(play.found[0]?.evidence).toBe(
      "Alice's write of x, asked at 0.01 s, got no answer until Alice gave up at 1.00 s. n1 was up all along.",
    )
  })

  test('a no counts, and the evidence gives its reason', () => {
    const play = new Play(refusedAtLiveNode)
    const a = play.invoke(10, 'alice', 'write', 1)
    play
      .message(11, 'alice', 'n2', a, 'arrives')
      .message(12, 'n2', 'alice', a, 'arrives')
      .complete(12, a, 'fail', null, 'n2')
    expect(play.found[0]?.evidence).toContain('got a no at 0.012 s (no leader). n2 was up all along.')
  })

  test('no answer by the end of the run', () => {
    const play = new Play(refusedAtLiveNode)
    const a = play.invoke(10, 'alice', 'write', 1)
    play.message(11, 'alice', 'n1', a, 'arrives').end(500)
    expect(play.found[0]?.evidence).toContain('had no answer at the end of the run, at 0.50 s')
    expect(play.end(501).found).toHaveLength(1)
  })

  test('not when the node was down or paused meanwhile', () => {
    const play = new Play(refusedAtLiveNode)
    const a = play.invoke(10, 'alice', 'write', 1)
    play
      .message(11, 'alice', 'n1', a, 'arrives')
      .status(20, 'n1', 'paused')
      .status(30, 'n1', 'up')
      .complete(1000, a, 'unknown')
    expect(play.found).toEqual([])
  })

  test('not when the request never arrived, nor when only the reply was lost', () => {
    const play = new Play(refusedAtLiveNode)
    const a = play.invoke(10, 'alice', 'write', 1)
    play.message(11, 'alice', 'n1', a, 'is lost').complete(1000, a, 'unknown')
    const b = play.invoke(1010, 'bob', 'write', 2)
    play.message(1011, 'bob', 'n1', b, 'arrives').message(1012, 'n1', 'bob', b, 'is lost').complete(2000, b, 'unknown')
    expect(play.found).toEqual([])
  })

  test('a client whose messages name no operation tells whom it asks', () => {
    const play = new Play(refusedAtLiveNode).asks('alice', 'n3')
    play.complete(1000, play.invoke(10, 'alice', 'write', 1), 'unknown')
    expect(play.found).toMatchObject([{ nodes: ['n3'] }])
  })

  test('answered operations leave nothing behind', () => {
    const play = new Play(refusedAtLiveNode)
    for (let i = 0; i < 50; i += 1) {
      const id = play.invoke(i * 10, 'alice', 'write', i)
      play.message(i * 10 + 1, 'alice', 'n1', id, 'arrives').complete(i * 10 + 5, id, 'ok')
    }
    expect(play.size).toBeLessThan(200)
  })
})

describe('false-suspicion', () => {
  test('of a node that is up, but not of one that is down', () => {
    const play = new Play(falseSuspicion).note(5, 'n1', 'suspect', { node: 'n2' })
    expect(play.found).toMatchObject([{ nodes: ['n1', 'n2'] }])
    play.status(6, 'n3', 'down').note(7, 'n1', 'suspect', { node: 'n3' }).note(8, 'n1', 'trust', { node: 'n2' })
    expect(play.found).toHaveLength(1)
  })
})

test('the table has a definition for every name, once', () => {
  expect(new Set(detectors.map(detector => detector.name)).size).toBe(15)
  for (const { definition } of detectors) expect(definition).toMatch(/^[A-Z].{40,}\.$/)
})

test('the scoreboard counts operations', () => {
  const play = new Play(staleRead)
  play.done(0, 10, 'alice', 'write', 1)
  play.done(20, 30, 'alice', 'write', 2)
  play.done(40, 50, 'bob', 'read', 1)
  play.complete(70, play.invoke(60, 'bob', 'write', 3), 'unknown')
  expect(scoreboard(play.scene.history, play.found)).toEqual({
    ackedAndKept: 2,
    ackedAndLost: 0,
    unackedButKept: 0,
    staleReads: 1,
    refusedAtLiveNode: 0,
    dirtyReads: 0,
  })
})

describe('disagreement', () => {
  const decides = (play: Play, atMs: number, node: string, value: string, about = 'battle 1'): Play =>
    play.event(atMs, { type: 'timer', node: nodeId(node), timer: 'round' }, [
      { type: 'note', node: nodeId(node), text: 'decided', data: { about, value } },
    ])
  const turns = (play: Play, atMs: number, node: string, kind: string): Play =>
    play.event(atMs, { type: 'act', kind, label: '', nodes: [nodeId(node)], links: [], messages: [] })

  test('two nodes that keep to their protocol decide differently about one thing', () => {
    const play = decides(decides(new Play(disagreement), 1, 'n1', 'attack'), 2, 'n2', 'retreat')
    expect(play.found).toMatchObject([{ nodes: ['n1', 'n2'], atUs: 2000, final: true }])
    expect(play.found[0]?.evidence).toBe(
      'n1 decided attack for battle 1 at 0.001 s, and n2 decided retreat at 0.002 s. Both kept to the protocol.',
    )
  })

  test('not when they agree, nor about different things', () => {
    const play = decides(decides(new Play(disagreement), 1, 'n1', 'attack'), 2, 'n2', 'attack')
    expect(decides(play, 3, 'n3', 'retreat', 'battle 2').found).toEqual([])
  })

  test.each(['byzantine', 'corrupt'])('what a node that was made %s decides does not count, first or last', kind => {
    const play = turns(new Play(disagreement), 0, 'n1', kind)
    decides(decides(decides(play, 1, 'n1', 'attack'), 2, 'n2', 'retreat'), 3, 'n1', 'attack')
    expect(play.found).toEqual([])
    expect(decides(play, 4, 'n3', 'attack').found).toHaveLength(1)
  })

  test('remembers a bounded number of decisions', () => {
    const play = new Play(disagreement)
    for (let i = 0; i < 400; i += 1) decides(play, i, 'n1', 'x', `sequence ${i}`)
    const { size } = play
    for (let i = 400; i < 2000; i += 1) decides(play, i, 'n1', 'x', `sequence ${i}`)
    expect(play.size).toBeLessThan(1.1 * size)
  })
})
