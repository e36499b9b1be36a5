import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nodeId } from '../../src/kernel/ids.ts'
import type { Signed } from '../../src/kernel/signature.ts'
import { type Certificate, faultOf } from '../../src/protocols/domain-certificate.ts'
import { domainConfig } from '../../src/protocols/domain-config.ts'
import { clockText, isBetween, officeH, plannedStage } from '../../src/protocols/domain-rotation.ts'
import { buy, fact, OWNERS, path } from './domain-lab.ts'

describe('certificates (RFC 8446, 4.4.2 and 6.2)', () => {
  const shown = (over: Partial<Certificate> = {}): Signed<Certificate> => ({
    signer: nodeId('pay'),
    payload: { subject: nodeId('pay'), root: 'old', notAfterUs: 100, to: nodeId('shop'), n: 3, ...over },
    tag: '',
  })
  const expected = { from: nodeId('pay'), self: nodeId('shop'), n: 3 }

  test.each([
    ['is accepted under a root that is trusted', shown(), true, 50, null],
    ['is no good without a genuine signature', shown(), false, 50, 'bad_certificate'],
    ['of another subject is no good', shown({ subject: nodeId('cdn') }), true, 50, 'bad_certificate'],
    ['shown in another handshake is no good: it was recorded', shown({ n: 2 }), true, 50, 'bad_certificate'],
    ['shown to somebody else is no good: it was passed on', shown({ to: nodeId('cdn') }), true, 50, 'bad_certificate'],
    ['under a root that is not trusted is of an unknown authority', shown({ root: 'new' }), true, 50, 'unknown_ca'],
    ['is good up to its last instant', shown(), true, 100, null],
    ['is expired afterwards', shown(), true, 101, 'certificate_expired'],
  ])('one that %s', (_, certificate, genuine, now, alert) => {
    expect(faultOf(certificate, genuine, expected, ['old'], now)).toBe(alert)
  })

  test('each side checks the other, and whoever refuses names itself', () => {
    const refusesServer = path({ special: { pay: { plan: 'moment', momentH: 1 } } }).run(1100)
    expect(buy(refusesServer)).toBe('fail shop refuses pay: unknown_ca')
    const refusesClient = path({
      special: { pay: { plan: 'dates', presentH: 99 }, shop: { plan: 'moment', momentH: 2 } },
    })
    // The shop shows the new certificate and trusts the new root alone; the vendor shows the old one: the shop refuses first.
    expect(buy(refusesClient.run(2100))).toBe('fail cdn refuses shop: unknown_ca')
  })

  test('a server that does not accept the caller sends an alert, and carries nothing out', () => {
    // The shop trusts both and shows the new one; the vendor trusts the old one alone.
    const run = path({
      special: {
        cdn: { plan: 'dates', expandH: 1, presentH: 99, retireH: 99 },
        shop: { plan: 'dates', expandH: 1, presentH: 13, retireH: 99 },
      },
    }).run(13_100)
    expect(fact(run, 'shop', 'shows')).toBe('new')
    expect(buy(run)).toBe('fail pay refuses shop: unknown_ca')
    expect(run.value('pay', 'paid')).toBeUndefined()
  })

  test('all are refused when the old root has ended and nobody has moved', () => {
    const run = path({ config: { oldEndsH: 2 } })
    expect(buy(run.run(500))).toBe('ok')
    expect(buy(run.run(1000))).toBe('fail cdn refuses shop: certificate_expired')
  })

  test('a clock that runs ahead ends a certificate early', () => {
    const run = path({ config: { oldEndsH: 5 }, more: { clocks: { cdn: { offsetUs: 6_000_000 } } } })
    expect(buy(run)).toBe('fail cdn refuses shop: certificate_expired')
  })
})

describe('connections', () => {
  test('a purchase is carried out once, whatever the network copies', () => {
    const run = path({ more: { network: { duplicate: 1 } } })
    // The client's own call may be copied; between domains nothing is doubled.
    run.ask('alice', 'add', 'paid', 1)
    run.run(900)
    expect(run.sent('cdn', 'shop').filter(({ info }) => info.purpose === 'request').length).toBeGreaterThan(0)
    expect(run.applied('pay').length).toBe(
      run.trace.filter(
        ({ cause }) => cause.type === 'deliver' && cause.node === 'cdn' && cause.message.info.purpose === 'request',
      ).length,
    )
  })

  test('silence from behind is passed on as silence, for the purchase may have been carried out', () => {
    const run = path()
    const id = run.ask('alice', 'add', 'paid', 1)
    run.dropNext(({ from, info }) => from === 'pay' && info.purpose === 'reply')
    expect(run.value('pay', 'paid')).toBe(1)
    expect(run.run(2000).operation(id).outcome).toBe('unknown')
    expect(fact(run, 'shop', 'dashboard')).toBe('red')
  })
})

describe('clocks and windows', () => {
  test('the office clock runs in its own zone, across midnight and before the first day', () => {
    const west = domainConfig({ zoneH: -8, hourMs: 1000 })
    expect(officeH(west, 2_000_000)).toBe(18)
    expect(clockText(west, 2_000_000)).toBe('d-1 18:00')
    expect(clockText(domainConfig({ zoneH: 5.5 }), 20_250_000)).toBe('d1 01:45')
  })

  test('a window may go over midnight', () => {
    const config = domainConfig({})
    expect([21, 22, 23, 25, 26].map(hour => isBetween(config, hour * 1_000_000, 22, 2))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ])
  })

  test('an agreed hour comes later further west, where it is read off the wall', () => {
    const when = (config: object): number => {
      const full = domainConfig({ plan: 'moment', momentH: 26, ...config })
      for (let hour = 0; hour < 100; hour += 1)
        if (plannedStage(full, { stage: 0, steppedUs: null }, {}, hour * 1_000_000) === 3) return hour
      return -1
    }
    expect(when({})).toBe(26)
    expect(when({ zoneH: -8 })).toBe(26)
    expect(when({ zoneH: 1, localTime: true })).toBe(25)
    expect(when({ zoneH: -8, localTime: true })).toBe(34)
    expect(when({ zoneH: -8, onlyInWindow: true, windowFromH: 1, windowToH: 3 })).toBe(33)
    expect(when({ frozenUntilH: 50 })).toBe(50)
  })
})

describe('the rotation', () => {
  const zones = {
    cdn: { windowFromH: 2, windowToH: 5 },
    shop: { zoneH: 1 },
    pay: { zoneH: -8, windowFromH: 1, windowToH: 3 },
  }
  const plans = (plan: string, pay: object = {}) =>
    path({
      config: { plan, momentH: 26, expandH: 2, presentH: 30, retireH: 56 },
      special: { ...zones, pay: { ...zones.pay, ...pay } },
    })
  /** A purchase every hour. */
  const shop = (run: ReturnType<typeof path>, hours: number): number => {
    let lost = 0
    for (let hour = 0; hour < hours; hour += 1) {
      run.run(25)
      if (buy(run) !== 'ok') lost += 1
      run.run(25)
    }
    return lost
  }
  const all = (run: ReturnType<typeof path>, label: string) => OWNERS.map(name => fact(run, name, label))

  test('at an agreed moment loses nothing when all keep it, and everything between the first and the last when one is late', () => {
    expect(shop(plans('moment'), 40)).toBe(0)
    expect(shop(plans('moment', { frozenUntilH: 33 }), 40)).toBe(7)
  })

  test('with an overlap loses nothing, each in its own window', () => {
    const run = plans('dates')
    expect(shop(run, 90)).toBe(0)
    expect(all(run, 'trusts')).toEqual(['new', 'new', 'new'])
  })

  test('by dates breaks when one has missed the first of them; by evidence the others wait', () => {
    expect(shop(plans('dates', { frozenUntilH: 50 }), 80)).toBeGreaterThan(5)
    const run = plans('evidence', { frozenUntilH: 50 })
    expect(shop(run, 130)).toBe(0)
    expect(all(run, 'trusts')).toEqual(['new', 'new', 'new'])
  })

  test('by evidence drops no root that somebody shows', () => {
    const run = plans('evidence')
    expect(shop(run, 40)).toBe(0)
    run.configure('shop', { plan: 'evidence', rolledBack: true, next: 'pay', zoneH: 1, expandH: 2 })
    expect(fact(run, 'shop', 'shows')).toBe('old')
    expect(shop(run, 60)).toBe(0)
    expect(fact(run, 'pay', 'trusts')).toBe('old+new')
  })

  test('survives a restart, for its step is on disk', () => {
    const run = plans('moment')
    shop(run, 30)
    run.crash('shop').run(10).restart('shop').run(10)
    expect(fact(run, 'shop', 'trusts')).toBe('new')
    expect(buy(run)).toBe('ok')
  })

  test('by evidence loses nothing whatever the zones, the windows and the freeze', () => {
    const hour = fc.integer({ min: 0, max: 23 })
    const owner = fc.record({
      zoneH: fc.integer({ min: -11, max: 13 }),
      windowFromH: hour,
      frozenUntilH: fc.integer({ min: 0, max: 60 }),
    })
    fc.assert(
      fc.property(fc.tuple(owner, owner, owner), owners => {
        const special = Object.fromEntries(
          OWNERS.map((name, at) => {
            const { windowFromH = 0, ...one } = owners[at] ?? {}
            return [name, { ...one, windowFromH, windowToH: (windowFromH + 3) % 24 }]
          }),
        )
        const run = path({ config: { plan: 'evidence', expandH: 3, quietH: 10 }, special })
        let lost = 0
        for (let at = 0; at < 70; at += 1) {
          run.run(1050)
          if (buy(run) !== 'ok') lost += 1
        }
        expect(lost).toBe(0)
        expect(all(run, 'shows')).toEqual(['new', 'new', 'new'])
      }),
      { numRuns: 15, seed: 7 },
    )
  })
})

describe('a default', () => {
  test('refuses calls with a body at the door and lets reads pass; no dashboard turns red', () => {
    const run = path({ special: { cdn: { ruleFromH: 1 } } }).run(1100)
    expect(buy(run)).toBe('fail refused by a default of cdn')
    const read = run.ask('alice', 'read', 'paid')
    expect(run.run(900).result(read)).toBe('ok')
    expect(OWNERS.map(name => fact(run, name, 'dashboard'))).toEqual(['green', 'green', 'green'])
  })

  test('does not touch a customer whose own setting is written down', () => {
    expect(buy(path({ special: { cdn: { ruleFromH: 0, pinned: true } } }))).toBe('ok')
  })

  test('that comes in steps strikes those who get it first, and the others later', () => {
    const run = path({ special: { cdn: { ruleFromH: 1, firstFor: ['bob'], firstH: 3 } } }).run(1100)
    const bob = run.ask('bob', 'add', 'paid', 1)
    expect(buy(run)).toBe('ok')
    expect(run.operation(bob).outcome).toBe('fail')
    expect(buy(run.run(2000))).toMatch('fail')
  })
})
