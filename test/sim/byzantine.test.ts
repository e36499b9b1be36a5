import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/kernel/json.ts'
import { open, seal, sign, verify } from '../../src/sim/seal.ts'
import { isFaulty } from '../../src/sim/simulator.ts'
import type { Strategy } from '../../src/sim/strategy.ts'
import { id, Theatre } from './puppet.ts'

const [n1, n2, n3, n4] = [id('n1'), id('n2'), id('n3'), id('n4')]
const json = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>

describe('a signature', () => {
  it('is good for its signer and payload, and for nothing else', () => {
    fc.assert(
      fc.property(fc.nat(), json, json, (seed, payload, other) => {
        const signed = sign(seed, n1, payload)
        expect(verify(seed, signed)).toBe(true)
        expect(verify(seed, { ...signed, signer: n2 })).toBe(false)
        expect(verify(seed, { ...signed, payload: [payload] })).toBe(false)
        expect(verify(seed + 1, signed)).toBe(false)
        if (JSON.stringify(other) !== JSON.stringify(payload)) {
          expect(verify(seed, { ...signed, payload: other })).toBe(
            verify(seed, { ...sign(seed, n1, other), tag: signed.tag }),
          )
        }
      }),
      { seed: 5, numRuns: 200 },
    )
  })

  it('is refused, not stumbled over, when it is no signature at all', () => {
    for (const junk of [null, 7, 'x', {}, { signer: 1, payload: 2, tag: 3 }])
      expect(verify(1, junk as never)).toBe(false)
  })
})

describe('a sealed box', () => {
  it('opens for its readers, and shows others nothing', () => {
    fc.assert(
      fc.property(fc.nat(), json, (seed, payload) => {
        const text = JSON.stringify(payload)
        const sealed = seal(seed, [n1, n2], 'n3#1', payload)
        expect(JSON.stringify(open(seed, n2, sealed))).toBe(
          JSON.stringify(JSON.parse(text)) === text ? JSON.stringify(open(seed, n1, sealed)) : '',
        )
        expect(open(seed, n1, sealed)).toEqual(JSON.parse(text))
        expect(open(seed, n3, sealed)).toBeUndefined()
        if (text.length > 4) expect(sealed.box).not.toContain(text)
      }),
      { seed: 6, numRuns: 200 },
    )
  })

  it('does not open once it was tampered with, or for a reader who added himself', () => {
    const sealed = seal(1, [n1], 'n2#1', { secret: 42 })
    expect(open(1, n3, { ...sealed, readers: [n1, n3] })).toBeUndefined()
    const [nonce, cipher = '', tag] = sealed.box.split(' ')
    const flipped = (cipher.startsWith('0') ? '1' : '0') + cipher.slice(1)
    expect(open(1, n1, { ...sealed, box: [nonce, flipped, tag].join(' ') })).toBeUndefined()
    for (const junk of [null, {}, { readers: [n1], box: '' }]) expect(open(1, n1, junk as never)).toBeUndefined()
  })

  it('of the same payload looks another each time', () => {
    const stage = new Theatre()
    for (let i = 0; i < 2; i++) stage.tell('n1', { seal: { readers: ['n2'], payload: 'same' } })
    expect(new Set(stage.made('n1').map(each => JSON.stringify(each))).size).toBe(2)
  })
})

const heard = (stage: Theatre, node: string): string[] => stage.log(node).slice(1)

describe('a Byzantine node', () => {
  it('that is silent says nothing, and lives on', () => {
    const stage = new Theatre().act({ act: 'byzantine', node: n1, strategy: 'silent' }).tell('n1', { write: 3 })
    stage.send('n1', 'n2', 'lost').to(20)
    expect(heard(stage, 'n2')).toEqual([])
    expect(stage.world.nodes.n1?.state?.disk).toEqual({ written: 3 })
    expect(isFaulty(stage.spec, stage.world)).toBe(true)
    stage.act({ act: 'byzantine', node: n1, strategy: null }).send('n1', 'n2', 'honest').to(40)
    expect(heard(stage, 'n2')).toEqual(['30 honest from n1'])
  })

  it('that equivocates tells its peers different values', () => {
    const stage = new Theatre({ nodes: 4 }).act({ act: 'byzantine', node: n1, strategy: 'equivocate' })
    const letter = { text: 'order', value: 'attack' }
    stage.tell('n1', { send: ['n2', 'n3', 'n4', 'n2'].map(to => ({ to, letter })) })
    const values = stage.world.queue.flatMap(({ due }) =>
      due.type === 'deliver' ? [[due.node, (due.parcel.content as typeof letter).value]] : [],
    )
    expect(Object.fromEntries(values)).toEqual({ n2: 'attack', n3: 'retreat', n4: 'attack' })
    expect(values).toHaveLength(4)
  })

  it('agrees with its colluders on whom to deceive', () => {
    const stage = new Theatre({ nodes: 4 })
    for (const node of [n1, n2]) stage.act({ act: 'byzantine', node, strategy: 'equivocate' })
    const letter = { text: 'order', value: 1 }
    stage.tell('n1', { send: ['n3', 'n4'].map(to => ({ to, letter })) })
    stage.tell('n2', { send: ['n4', 'n3'].map(to => ({ to, letter })) })
    const told = stage.world.queue.flatMap(({ due }) =>
      due.type === 'deliver' ? [`${due.node} ${(due.parcel.content as typeof letter).value}`] : [],
    )
    expect(new Set(told)).toEqual(new Set(['n3 1', 'n4 2']))
  })

  it('can sign its own lies, and cannot change what others signed', () => {
    const stage = new Theatre()
    stage.tell('n1', { sign: { value: 1 } }).tell('n2', { sign: { value: 1 } })
    const [own] = stage.made('n1')
    const [others] = stage.made('n2')
    stage.act({ act: 'byzantine', node: n1, strategy: 'corrupt-values' })
    const carrying = (signed: Json | undefined) => ({
      send: [{ to: 'n3', letter: { text: 'x', value: null, signed: signed ?? null } }],
    })
    stage.tell('n1', carrying(own)).tell('n1', carrying(others))
    const contents = stage.world.queue.flatMap(({ due }) =>
      due.type === 'deliver' ? [(due.parcel.content as { signed: never }).signed] : [],
    )
    expect(contents).toEqual([sign(stage.spec.seed, n1, { value: 2 }), others])
    for (const signed of contents) expect(verify(stage.spec.seed, signed)).toBe(true)
  })

  it('that delays and replays sends old messages again', () => {
    const stage = new Theatre({ seed: 3 }).act({ act: 'byzantine', node: n1, strategy: 'delay-replay' })
    for (let i = 0; i < 40; i++) stage.to(i).send('n1', 'n2', `${i}`)
    const texts = heard(stage.to(2000), 'n2').map(line => line.split(' ')[1])
    expect(texts.length).toBeGreaterThan(45)
    expect(new Set(texts).size).toBe(40)
    expect(texts).not.toEqual(texts.toSorted((a, b) => Number(a) - Number(b)))
  })

  it('that is two leads two lives, each told only by its own half', () => {
    const stage = new Theatre({ nodes: 4 }).act({ act: 'byzantine', node: n1, strategy: 'twins' })
    stage.send('n2', 'n1', 'for the first').send('n3', 'n1', 'for the second').to(20)
    expect(heard(stage, 'n1')).toEqual(['10 for the first from n2'])
    const twin = JSON.stringify(stage.world.nodes.n1?.byzantine?.own)
    expect(twin).toContain('for the second')
    expect(twin).not.toContain('for the first')
  })

  it('lies by a strategy of the lab: own state, own draws, false events, unsolicited sends, corrupt memory', () => {
    const schemer: Strategy = {
      name: 'schemer',
      initial: (_self, peers) => ({ victims: [...peers], turns: 0 }),
      act(turn) {
        turn.own.turns = Number(turn.own.turns) + 1
        if (turn.event.type === 'message') turn.honest({ ...turn.event, message: { text: 'false' } })
        ;(turn.state.disk as { written: Json }).written = 'corrupted'
        const victims = turn.own.victims as string[]
        const victim = victims[Math.floor(turn.draw() * victims.length)] ?? 'n2'
        turn.send({ to: id(victim), message: { text: `turn ${turn.own.turns}` }, delayUs: 1000 })
      },
    }
    const stage = new Theatre({}, { strategies: [schemer] }).act({ act: 'byzantine', node: n1, strategy: 'schemer' })
    stage.send('n2', 'n1', 'true').to(50)
    expect(heard(stage, 'n1')).toEqual(['10 false from n2'])
    expect(stage.world.nodes.n1?.state?.disk).toEqual({ written: 'corrupted' })
    expect([...heard(stage, 'n2'), ...heard(stage, 'n3')]).toEqual([expect.stringMatching(/^21 turn 1 from n1$/)])
  })

  it('needs a strategy that there is', () => {
    const stage = new Theatre()
    expect(stage.refusal({ act: 'byzantine', node: n1, strategy: 'polite' })).toBe(
      'There is no strategy polite; there are silent, equivocate, corrupt-values, delay-replay, twins.',
    )
    expect(stage.refusal({ act: 'byzantine', node: n4, strategy: 'silent' })).toBe('There is no node n4 in this run.')
    expect(stage.refusal({ act: 'byzantine', node: n1, strategy: null })).toBe('n1 is honest already.')
  })
})

describe('a bit of memory', () => {
  const path = ['disk', 'written', 'version']
  const flip = { act: 'flip', node: n1, path, bit: 6 } as const
  const disk = (stage: Theatre) => stage.world.nodes.n1?.state?.disk

  it('turns over, and back', () => {
    const stage = new Theatre().tell('n1', { write: { version: 35 } })
    expect(disk(stage.act(flip))).toEqual({ written: { version: 99 } })
    expect(disk(stage.act(flip))).toEqual({ written: { version: 35 } })
    expect(disk(stage.act({ ...flip, bit: 40 }))).toEqual({ written: { version: 35 + 1_099_511_627_776 } })
  })

  it('has to be a bit of a whole number', () => {
    const stage = new Theatre().tell('n1', { write: { version: 35 } })
    expect(stage.refusal({ ...flip, path: ['disk', 'written'] })).toBe(
      'disk.written of n1 is no whole number with a bit 6.',
    )
    expect(stage.refusal({ ...flip, bit: 52 })).toContain('no whole number with a bit 52')
    expect(stage.refusal({ ...flip, path: ['disk', 'missing'] })).toContain('n1 has no disk.missing')
  })
})
