import { describe, expect, it } from 'vitest'
import { isFaulty, nodeView } from '../../src/sim/simulator.ts'
import { id, Theatre } from './puppet.ts'

const [n1, n2] = [id('n1'), id('n2')]
const written = (stage: Theatre, node = 'n1') => nodeView(stage.spec, stage.world, id(node)).values.w?.value

describe('a crash', () => {
  it('loses memory and timers, keeps the disk, and lets messages from the node travel on', () => {
    const stage = new Theatre()
      .tell('n1', { write: 7, timer: { name: 'alarm', minUs: 50_000 } })
      .send('n1', 'n2', 'last words')
    stage.to(2).act({ act: 'crash', node: n1 }).to(20)
    expect(stage.log('n2')).toContain('10 last words from n1')
    expect(nodeView(stage.spec, stage.world, n1)).toEqual({ role: 'down', values: {}, facts: [] })
    stage.act({ act: 'restart', node: n1, disk: 'kept' }).to(100)
    expect(stage.log('n1')).toEqual(['20 restarted'])
    expect(written(stage)).toBe(7)
    expect(isFaulty(stage.spec, stage.world)).toBe(false)
  })

  it('can take the disk with it', () => {
    const stage = new Theatre().tell('n1', { write: 7 }).act({ act: 'crash', node: n1 })
    stage.act({ act: 'restart', node: n1, disk: 'lost' }).to(1)
    expect(written(stage)).toBeNull()
  })

  it('loses what is sent to the node while it is down', () => {
    const stage = new Theatre().send('n2', 'n1', 'too late').to(5).act({ act: 'crash', node: n1 }).to(20)
    expect(stage.losses()).toEqual(['n2>n1#1 receiver-down'])
    expect(stage.events.at(-1)?.cause.type).toBe('arrive')
  })

  it('is refused twice, and so is a start of a node that runs or starts', () => {
    const stage = new Theatre()
    expect(stage.refusal({ act: 'restart', node: n1, disk: 'kept' })).toContain('n1 is running')
    stage.act({ act: 'crash', node: n1 })
    expect(stage.refusal({ act: 'crash', node: n1 })).toBe('n1 is down already.')
    expect(stage.refusal({ act: 'request', node: n1, request: { kind: 'read', key: 'k', input: null } })).toContain(
      'n1 is down',
    )
    stage.act({ act: 'restart', node: n1, disk: 'kept' })
    expect(stage.refusal({ act: 'restart', node: n1, disk: 'kept' })).toBe('n1 is starting already.')
    expect(stage.refusal({ act: 'crash', node: id('n9') })).toBe('There is no node n9 in this run.')
  })
})

describe('a disk that takes time', () => {
  const slowDisk = { node: { syncMs: 10 } }

  it('falls back to the last finished sync', () => {
    const stage = new Theatre(slowDisk).tell('n1', { write: 1, sync: true }).to(5).tell('n1', { write: 2, sync: true })
    stage.to(12).act({ act: 'crash', node: n1 }).act({ act: 'restart', node: n1, disk: 'kept' }).to(50)
    expect(written(stage)).toBe(1)
    expect(stage.log('n1')).toEqual(['12 restarted'])
  })

  it('says when a sync is done, which covers the end of the event that asked', () => {
    const stage = new Theatre(slowDisk).tell('n1', { write: 1, sync: true }).tell('n1', { write: 2 }).to(10)
    expect(stage.log('n1')).toContain('10 synced')
    stage.act({ act: 'crash', node: n1 }).act({ act: 'restart', node: n1, disk: 'kept' }).to(11)
    expect(written(stage)).toBe(1)
  })

  it('has nothing when it never synced', () => {
    const stage = new Theatre(slowDisk).tell('n1', { write: 1 }).to(50).act({ act: 'crash', node: n1 })
    expect(written(stage.act({ act: 'restart', node: n1, disk: 'kept' }).to(51))).toBeNull()
  })

  it('finishes syncs in the order of asking', () => {
    const stage = new Theatre({ seed: 4, node: { syncMs: { uniform: { min: 1, max: 40 } } } })
    for (let value = 1; value <= 20; value++) stage.to(value).tell('n1', { write: value, sync: true })
    const seen: unknown[] = []
    for (let ms = 20; ms < 80; ms++) seen.push(stage.to(ms).world.nodes.n1?.durable)
    const numbers = seen.flatMap(disk => (disk === undefined ? [] : [(disk as { written: number }).written]))
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    expect(numbers.at(-1)).toBe(20)
  })

  it('answers at once where it takes no time', () => {
    const stage = new Theatre().to(3).tell('n1', { write: 1, sync: true }).to(3)
    expect(stage.log('n1')).toContain('3 synced')
  })
})

describe('a pause', () => {
  it('lets deliveries wait, and timers fire late on resume, in the order in which they were due', () => {
    const stage = new Theatre()
      .tell('n1', { timer: { name: 'b', minUs: 30_000 } })
      .tell('n1', { timer: { name: 'a', minUs: 20_000 } })
    stage
      .tell('n1', { timer: { name: 'c', minUs: 90_000 } })
      .to(1)
      .act({ act: 'pause', node: n1 })
    stage.send('n2', 'n1', 'hello').to(50)
    expect(stage.log('n1')).toEqual(['0 started'])
    expect(stage.events.at(-1)?.cause.type).toBe('arrive')
    stage.act({ act: 'resume', node: n1 }).to(100)
    expect(stage.log('n1').slice(1)).toEqual(['50 timer a', '50 timer b', '50 hello from n2', '90 timer c'])
  })

  it('ends by itself after its time', () => {
    const stage = new Theatre().act({ act: 'pause', node: n1, forUs: 40_000 }).send('n2', 'n1', 'hello').to(60)
    expect(stage.log('n1')).toContain('40 hello from n2')
    expect(stage.events.some(({ cause }) => cause.type === 'act' && cause.kind === 'resume')).toBe(true)
    expect(stage.refusal({ act: 'resume', node: n1 })).toBe('n1 is not paused.')
  })

  it('buffers no more than the inbox holds', () => {
    const stage = new Theatre({ node: { inboxLimit: 2 } }).act({ act: 'pause', node: n1 })
    for (const text of ['a', 'b', 'c']) stage.send('n2', 'n1', text)
    stage.to(20).act({ act: 'resume', node: n1 }).to(20)
    expect(stage.log('n1').slice(1)).toEqual(['20 a from n2', '20 b from n2'])
    expect(stage.losses()).toEqual(['n2>n1#3 queue-full'])
  })

  it('ends in a crash without what was waiting', () => {
    const stage = new Theatre()
      .act({ act: 'pause', node: n1 })
      .send('n2', 'n1', 'hello')
      .to(20)
      .act({ act: 'crash', node: n1 })
    expect(stage.losses()).toEqual(['n2>n1#1 receiver-down'])
    stage.act({ act: 'restart', node: n1, disk: 'kept' }).to(90)
    expect(stage.log('n1')).toEqual(['20 restarted'])
  })

  it('lets a client that is asked meanwhile ask later', () => {
    const stage = new Theatre().act({ act: 'pause', node: n1, forUs: 30_000 }).to(5).send('n1', 'n2', 'late').to(100)
    expect(stage.log('n2')).toContain('40 late from n1')
    const invocations = stage.events.flatMap(({ cause, atUs }) =>
      cause.type === 'invoke' ? [[atUs, cause.waited]] : [],
    )
    expect(invocations).toEqual([
      [5000, undefined],
      [30_000, true],
    ])
    expect(stage.history()[0]?.invokedUs).toBe(5000)
  })
})

describe('a slow node', () => {
  it('handles one event after the other, and what it sends leaves when it is done', () => {
    const stage = new Theatre().act({ act: 'slow', node: n1, costUs: 5000 })
    stage
      .send('n2', 'n1', 'a')
      .send('n2', 'n1', 'b')
      .to(9)
      .tell('n1', { timer: { name: 't', minUs: 2000 } })
      .to(100)
    // Busy with the request from 9 to 14 ms; a, b and the timer come at 10, 10 and 11.
    expect(stage.log('n1').slice(1)).toEqual(['14 a from n2', '19 timer t', '24 b from n2'])
    stage.send('n1', 'n2', 'reply').to(150)
    expect(stage.log('n2')).toContain('115 reply from n1')
  })

  it('also spends what a message costs', () => {
    const stage = new Theatre().send('n2', 'n1', 'heavy', { costUs: 7000 }).send('n2', 'n1', 'light').to(50)
    expect(stage.log('n1').slice(1)).toEqual(['10 heavy from n2', '17 light from n2'])
  })

  it('loses what its inbox does not hold', () => {
    const stage = new Theatre({ node: { inboxLimit: 3 } }).act({ act: 'slow', node: n1, costUs: 50_000 })
    for (let i = 0; i < 6; i++) stage.send('n2', 'n1', `${i}`)
    stage.to(1000)
    expect(stage.losses()).toEqual(['n2>n1#5 queue-full', 'n2>n1#6 queue-full'])
  })
})

describe('omission', () => {
  it('loses what the node sends, or what it receives', () => {
    const stage = new Theatre().act({ act: 'omit', node: n1, direction: 'send', probability: 1 })
    stage.send('n1', 'n2', 'a').send('n2', 'n1', 'b').to(20)
    expect(stage.losses()).toEqual(['n1>n2#1 send-omission'])
    stage.act({ act: 'omit', node: n1, direction: 'send', probability: 0 })
    stage.act({ act: 'omit', node: n1, direction: 'receive', probability: 1 })
    stage.send('n1', 'n2', 'c').send('n2', 'n1', 'd').to(50)
    expect(stage.losses().slice(1)).toEqual(['n2>n1#2 receive-omission'])
    expect(stage.log('n2')).toContain('30 c from n1')
  })

  it('loses about the given share', () => {
    const stage = new Theatre().act({ act: 'omit', node: n1, direction: 'receive', probability: 0.3 })
    for (let i = 0; i < 1000; i++) stage.send('n2', 'n1', `${i}`)
    expect(stage.to(20).losses().length / 1000).toBeCloseTo(0.3, 1)
  })
})

describe('a clock', () => {
  it('has an offset and a rate from the beginning', () => {
    const stage = new Theatre({ node: { clock: { offsetUs: 500_000, ratePpm: 100_000 } } })
    expect(stage.send('n2', 'n1', 'hello').to(10).log('n1')).toEqual(['500 started', '511 hello from n2'])
  })

  it('measures timers: a fast clock fires them early, a slow one late', () => {
    const fast = new Theatre({ node: { clock: { offsetUs: 0, ratePpm: 250_000 } } })
    fast.tell('n1', { timer: { name: 't', minUs: 100_000 } }).to(200)
    expect(fast.events.find(({ cause }) => cause.type === 'timer')?.atUs).toBe(80_000)
    expect(fast.log('n1')).toContain('100 timer t')
  })

  it('moves pending timers when its rate changes, in either direction', () => {
    const stage = new Theatre().tell('n1', { timer: { name: 't', minUs: 100_000 } }).to(50)
    stage.act({ act: 'clock', node: n1, ratePpm: 1_000_000 }).to(74.999)
    expect(stage.log('n1')).toHaveLength(1)
    expect(stage.to(75).log('n1')).toContain('100 timer t')
    const slowed = new Theatre().tell('n1', { timer: { name: 't', minUs: 100_000 } }).to(50)
    slowed.act({ act: 'clock', node: n1, ratePpm: -500_000 }).to(149.999)
    expect(slowed.log('n1')).toHaveLength(1)
    expect(slowed.to(150).log('n1')).toContain('100 timer t')
  })

  it('jumps for who reads it, and not for timers, which are intervals', () => {
    const stage = new Theatre().tell('n1', { timer: { name: 't', minUs: 100_000 } }).to(50)
    stage.act({ act: 'clock', node: n1, stepUs: -30_000 }).to(100)
    expect(stage.log('n1')).toContain('70 timer t')
    expect(isFaulty(stage.spec, stage.world)).toBe(true)
  })

  it('does not stand still', () => {
    expect(new Theatre().refusal({ act: 'clock', node: n1, ratePpm: -1_000_000 })).toContain('cannot stand still')
  })
})

describe('a timer', () => {
  it('fires once, at the time set last, earlier or later than before', () => {
    const set = (minUs: number) => ({ timer: { name: 't', minUs } })
    const stage = new Theatre().tell('n1', set(50_000)).to(10).tell('n1', set(80_000)).to(200)
    expect(stage.log('n1').slice(1)).toEqual(['90 timer t'])
    stage.tell('n1', set(50_000)).to(210).tell('n1', set(5000)).to(400)
    expect(stage.log('n1').slice(2)).toEqual(['215 timer t'])
  })

  it('can be cancelled', () => {
    const stage = new Theatre()
      .tell('n1', { timer: { name: 't', minUs: 50_000 } })
      .to(10)
      .tell('n1', { cancel: 't' })
      .to(200)
    expect(stage.log('n1')).toEqual(['0 started'])
  })

  it('is drawn from its range, anew each time', () => {
    const stage = new Theatre()
    const fires = new Set<string>()
    for (let i = 0; i < 50; i++) {
      stage
        .to(i * 100)
        .tell('n1', { timer: { name: 't', minUs: 10_000, maxUs: 20_000 } })
        .to(i * 100 + 99)
      fires.add(String(Number(stage.log('n1').at(-1)?.split(' ')[0]) - i * 100))
    }
    expect(fires.size).toBeGreaterThan(45)
    for (const ms of fires) expect(Number(ms) >= 10 && Number(ms) <= 20).toBe(true)
  })

  it('leaves nothing behind in the queue, however often it is set and cancelled', () => {
    const stage = new Theatre({}, { deadlineUs: 1 })
    for (let i = 0; i < 3000; i++) {
      stage.to(i).tell('n1', { timer: { name: `retry ${i}`, minUs: 9_000_000, maxUs: 10_000_000 } })
      stage.tell('n1', { timer: { name: 'election', minUs: 150_000, maxUs: 300_000 }, cancel: `retry ${i}` })
    }
    expect(stage.world.queue.length).toBeLessThan(5)
    expect(stage.world.nodes.n1?.timerDraws.length).toBe(32)
  })
})

describe('corruption of memory', () => {
  it('overwrites one member, and only one that is there', () => {
    const stage = new Theatre().tell('n1', { write: { x: [1, 2] } })
    stage.act({ act: 'corrupt', node: n1, path: ['disk', 'written', 'x', 1], value: 9 })
    expect(written(stage)).toEqual({ x: [1, 9] })
    expect(stage.refusal({ act: 'corrupt', node: n1, path: ['disk', 'missing'], value: 1 })).toBe(
      'n1 has no disk.missing in its state.',
    )
    expect(stage.refusal({ act: 'corrupt', node: n1, path: ['disk', '__proto__', 'x'], value: 1 })).toContain('has no')
    expect(stage.refusal({ act: 'corrupt', node: n1, path: [], value: 1 })).toContain('has no')
  })
})

describe('a new configuration', () => {
  it('reaches a node that runs, and one that starts later', () => {
    const stage = new Theatre().act({ act: 'configure', node: n1, config: { knob: 1 } })
    expect(stage.log('n1')).toContain('0 configured')
    stage.act({ act: 'crash', node: n2 }).act({ act: 'configure', node: n2, config: { knob: 2 } })
    stage.act({ act: 'restart', node: n2, disk: 'kept' }).to(1)
    expect(stage.world.nodes.n2?.state?.memory).toMatchObject({ config: { knob: 2 } })
  })
})
