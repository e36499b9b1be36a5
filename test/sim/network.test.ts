import { describe, expect, it } from 'vitest'
import type { MessageId } from '../../src/kernel/ids.ts'
import { applyAct, createWorld, flights, isCut, isFaulty } from '../../src/sim/simulator.ts'
import { n, pingLab, runTo } from './lab.ts'
import { id, Theatre } from './puppet.ts'

const [n1, n2, n3] = [id('n1'), id('n2'), id('n3')]

describe('a link', () => {
  it('delivers after its latency, and loses nothing by itself', () => {
    const stage = new Theatre().to(5).send('n1', 'n2', 'hello').to(14.999)
    expect(stage.log('n2')).toEqual(['0 started'])
    expect(stage.to(15).log('n2')).toEqual(['0 started', '15 hello from n1'])
  })

  it('has properties of its own in each direction', () => {
    const stage = new Theatre({ links: { 'n2>n1': { latencyMs: 3 } } })
    stage.send('n1', 'n2', 'there').send('n2', 'n1', 'back').to(20)
    expect(stage.log('n1')).toContain('3 back from n2')
    expect(stage.log('n2')).toContain('10 there from n1')
  })

  it('never takes less than its minimum', () => {
    const stage = new Theatre({ network: { latencyMs: { normal: { mean: 0, sd: 1 } }, minMs: 4 } })
    expect(stage.send('n1', 'n2', 'hello').to(10).log('n2')).toContain('4 hello from n1')
  })

  it('brings a message to oneself at once, also when cut off', () => {
    const stage = new Theatre({ network: { loss: 1 } }).to(1).send('n1', 'n1', 'note').to(1)
    expect(stage.log('n1')).toContain('1 note from n1')
  })

  it('loses and duplicates with the given probabilities', () => {
    const stage = new Theatre({ network: { loss: 0.25, duplicate: 0.5 } })
    for (let i = 0; i < 2000; i++) stage.send('n1', 'n2', `${i}`)
    stage.to(100)
    const arrived = stage.log('n2').length - 1
    expect(stage.losses().length / 2000).toBeCloseTo(0.25, 1)
    expect(arrived / (2000 - stage.losses().length)).toBeCloseTo(1.5, 1)
  })

  it('gives a duplicate a name and a latency of its own', () => {
    const stage = new Theatre({ network: { duplicate: 1, latencyMs: { uniform: { min: 1, max: 50 } } } })
    stage.send('n1', 'n2', 'hello')
    const under = flights(stage.world)
    expect(under.map(flight => flight.message.id).sort()).toEqual(['n1>n2#1', 'n1>n2#1+1'])
    expect(new Set(under.map(flight => flight.arrivesUs)).size).toBe(2)
  })

  it('keeps the order of sending with fifo, and not without', () => {
    const texts = Array.from({ length: 40 }, (_, i) => `${i}`)
    const received = (fifo: boolean): string[] => {
      const stage = new Theatre({ network: { fifo, latencyMs: { uniform: { min: 1, max: 30 } } } })
      for (const [at, text] of texts.entries()) stage.to(at).send('n1', 'n2', text)
      return stage
        .to(200)
        .log('n2')
        .slice(1)
        .map(line => line.split(' ')[1] ?? '')
    }
    expect(received(true)).toEqual(texts)
    expect(received(false)).not.toEqual(texts)
    expect(received(false).sort()).toEqual(texts.toSorted())
  })

  it('lets messages be overtaken with reorder', () => {
    const stage = new Theatre({ links: { 'n1>n2': { reorder: 0.5, reorderMs: 40 } } })
    for (let i = 0; i < 30; i++) stage.to(i).send('n1', 'n2', `${i}`)
    const order = stage
      .to(200)
      .log('n2')
      .slice(1)
      .map(line => Number(line.split(' ')[1]))
    expect(order).not.toEqual(order.toSorted((a, b) => a - b))
    expect(order).toHaveLength(30)
  })

  it('sends one message after the other at its bandwidth', () => {
    // 1000 bytes a second: 100 bytes take 100 ms, and then 10 ms of latency.
    const stage = new Theatre({ network: { bandwidth: 1000 } })
    for (const text of ['a', 'b']) stage.send('n1', 'n2', text, { bytes: 100 })
    stage.send('n1', 'n3', 'other link', { bytes: 50 })
    stage.to(400).send('n1', 'n2', 'c', { bytes: 10 }).to(1000)
    expect(stage.log('n2')).toEqual(['0 started', '110 a from n1', '210 b from n1', '420 c from n1'])
    expect(stage.log('n3')).toContain('60 other link from n1')
  })

  it('loses what does not fit into its queue', () => {
    const stage = new Theatre({ network: { bandwidth: 1000, queueBytes: 150 } })
    for (const text of ['a', 'b', 'c']) stage.send('n1', 'n2', text, { bytes: 75 })
    stage.to(25).send('n1', 'n2', 'd', { bytes: 25 }).to(1000)
    expect(stage.losses()).toEqual(['n1>n2#3 queue-full'])
    expect(stage.log('n2').slice(1)).toEqual(['85 a from n1', '160 b from n1', '185 d from n1'])
  })

  it('takes a message of any size while it is idle, and none above its MTU', () => {
    const stage = new Theatre({ network: { bandwidth: 1000, queueBytes: 10, mtu: 100 } })
    stage.send('n1', 'n2', 'fits', { bytes: 100 }).to(500).send('n1', 'n2', 'huge', { bytes: 101 }).to(1000)
    expect(stage.losses()).toEqual(['n1>n2#2 too-big'])
    expect(stage.log('n2')).toContain('110 fits from n1')
  })

  it('changes while the run goes on', () => {
    const stage = new Theatre().act({ act: 'link', links: [[n1, n2]], set: { latencyMs: 2 } })
    stage.send('n1', 'n2', 'fast').send('n2', 'n1', 'slow').to(50)
    expect(stage.log('n2')).toContain('2 fast from n1')
    expect(stage.log('n1')).toContain('10 slow from n2')
    expect(isFaulty(stage.spec, stage.world)).toBe(true)
    stage.act({ act: 'link', links: [[n1, n2]], set: { latencyMs: 10 } })
    expect(isFaulty(stage.spec, stage.world)).toBe(false)
    expect(stage.refusal({ act: 'link', links: [[n1, n2]], set: { loss: 2 } })).toContain('probability')
    expect(stage.refusal({ act: 'link', links: [[n1, n2]], set: { bandwidth: 0 } })).toContain('bandwidth')
  })
})

describe('a cut', () => {
  it('stops what is sent from now on, and lets what is under way go on', () => {
    const stage = new Theatre().send('n1', 'n2', 'before').to(5)
    stage.act({ act: 'cut', from: [n1], to: [n2, n3], oneWay: false })
    stage.send('n1', 'n2', 'cut').send('n3', 'n1', 'cut').send('n2', 'n3', 'on').to(50)
    expect(stage.log('n2')).toEqual(['0 started', '10 before from n1'])
    expect(stage.log('n3')).toContain('15 on from n2')
    expect(stage.losses()).toEqual(['n1>n2#2 cut', 'n3>n1#1 cut'])
  })

  it('can be one way, and heals', () => {
    const stage = new Theatre().act({ act: 'cut', from: [n1], to: [n2], oneWay: true })
    expect([isCut(stage.world, n1, n2), isCut(stage.world, n2, n1)]).toEqual([true, false])
    expect(isFaulty(stage.spec, stage.world)).toBe(true)
    stage.act({ act: 'heal' })
    expect([isCut(stage.world, n1, n2), isFaulty(stage.spec, stage.world)]).toEqual([false, false])
    expect(stage.refusal({ act: 'heal' })).toBe('No link is cut.')
  })

  it('heals link by link', () => {
    const stage = new Theatre().act({ act: 'cut', from: [n1], to: [n2, n3], oneWay: false })
    stage.act({ act: 'heal', links: [[n1, n2]] })
    expect([isCut(stage.world, n1, n2), isCut(stage.world, n2, n1), isCut(stage.world, n1, n3)]).toEqual([
      false,
      true,
      true,
    ])
  })

  it('names nodes of this run only', () => {
    const stage = new Theatre()
    expect(stage.refusal({ act: 'cut', from: [n1], to: [id('n9')], oneWay: true })).toBe(
      'There is no node n9 in this run.',
    )
    expect(stage.refusal({ act: 'cut', from: [n1], to: [n1], oneWay: true })).toContain('no link between')
  })

  it('changes nothing on other links: every other message arrives at the same time as without it', () => {
    const spec = pingLab({
      nodes: 4,
      seed: 12,
      config: { everyUs: 10_000, jitterUs: 8000 },
      network: { latencyMs: { exponential: { mean: 10 } }, loss: 0.1, duplicate: 0.1, reorder: 0.2, reorderMs: 15 },
    })
    const arrivals = (withCut: boolean): string[] => {
      const world = createWorld(spec)
      if (withCut) {
        runTo(spec, world, 50_000)
        applyAct(spec, world, { act: 'cut', from: [n(1)], to: [n(2)], oneWay: false })
      }
      return runTo(spec, world, 400_000).flatMap(({ cause, atUs }) =>
        // What n1 and n2 tell others depends on nothing that they hear, so nothing between other pairs may change.
        cause.type === 'deliver' &&
        atUs > 60_000 &&
        !(['n1', 'n2'].includes(cause.message.from) && ['n1', 'n2'].includes(cause.node))
          ? [`${atUs} ${cause.message.id}`]
          : [],
      )
    }
    expect(arrivals(true)).toEqual(arrivals(false))
    expect(arrivals(false).length).toBeGreaterThan(100)
  })
})

describe('a message under way', () => {
  const sent = 'n1>n2#1' as MessageId
  const stage = (): Theatre => new Theatre().send('n1', 'n2', 'hello').to(4)

  it('can be held, and travels what was left when it is released', () => {
    const held = stage().act({ act: 'message', message: sent, do: 'hold' }).to(100)
    expect(flights(held.world)).toMatchObject([{ message: { id: sent }, arrivesUs: null }])
    expect(isFaulty(held.spec, held.world)).toBe(true)
    expect(held.log('n2')).toEqual(['0 started'])
    held.act({ act: 'message', message: sent, do: 'release' }).to(200)
    expect(held.log('n2')).toContain('106 hello from n1')
  })

  it('can be delivered now, under way or held', () => {
    expect(stage().act({ act: 'message', message: sent, do: 'deliver' }).to(4).log('n2')).toContain('4 hello from n1')
    const held = stage().act({ act: 'message', message: sent, do: 'hold' }).to(9)
    expect(held.act({ act: 'message', message: sent, do: 'deliver' }).to(9).log('n2')).toContain('9 hello from n1')
  })

  it('can be dropped', () => {
    const dropped = stage().act({ act: 'message', message: sent, do: 'drop' }).to(50)
    expect(dropped.losses()).toEqual([`${sent} dropped`])
    expect(dropped.log('n2')).toEqual(['0 started'])
  })

  it('can be duplicated again and again, each copy with a name of its own', () => {
    const copied = stage()
    for (const message of [sent, sent, `${sent}+1` as MessageId])
      copied.act({ act: 'message', message, do: 'duplicate' })
    const names = flights(copied.world).map(flight => flight.message.id)
    expect(names).toEqual([sent, `${sent}+1`, `${sent}+2`, `${sent}+1+1`])
    expect(copied.to(50).log('n2')).toEqual(['0 started', '10 hello from n1', ...new Array(3).fill('14 hello from n1')])
  })

  it('is refused when it is not there any more', () => {
    const gone = stage().to(50)
    expect(gone.refusal({ act: 'message', message: sent, do: 'drop' })).toBe('The message n1>n2#1 is not under way.')
    expect(stage().refusal({ act: 'message', message: sent, do: 'release' })).toBe('The message n1>n2#1 is not held.')
  })
})

describe('an address', () => {
  it('leads to the node of its name, or where the table says, or nowhere', () => {
    const stage = new Theatre({}, { addresses: { store: n2 } })
    stage.send('n1', 'store', 'a').send('n1', 'n3', 'b').send('n1', 'shop', 'c').to(20)
    expect(stage.log('n2')).toContain('10 a from n1')
    expect(stage.log('n3')).toContain('10 b from n1')
    stage.act({ act: 'address', address: 'store', node: n3 }).send('n1', 'store', 'd').to(40)
    expect(stage.log('n3')).toContain('30 d from n1')
    stage.act({ act: 'address', address: 'n2', node: null }).send('n1', 'n2', 'e').to(60)
    expect(stage.losses()).toEqual(['n1>shop#1 no-such-address', 'n1>n2#2 no-such-address'])
  })
})
