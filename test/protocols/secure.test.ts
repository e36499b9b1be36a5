import { describe, expect, test } from 'vitest'
import { fact, type WireSetup, wire } from './secure-lab.ts'

/** Alice pays 100 undisturbed. Gives the run and her operation. */
const paid = (setup: WireSetup) => {
  const run = wire(setup)
  const op = run.ask('alice', 'add', 'kiosk', 100)
  return { run: run.run(200), op }
}

const channels = ['none', 'box', 'any', 'checked'] as const

describe.each(channels)('over the channel "%s"', channel => {
  test.each([false, true])('a payment that nobody touches arrives once (signed: %s)', signed => {
    const { run, op } = paid({ channel, signed, bank: { freshness: 'both', validate: true, policy: ['alice:add'] } })
    expect(run.operation(op).outcome).toBe('ok')
    expect(run.value('bank', 'kiosk')).toBe(100)
  })

  test('the attacker reads the request only where it is not encrypted for another', () => {
    const { run } = paid({ channel })
    const reads = fact(run, 'mallory', 'reads')
    expect(reads).toBe(channel === 'none' || channel === 'any' ? 'kiosk=100' : 'a box')
  })

  test.each([false, true])(
    'a changed amount is paid where it can be read and nothing is signed (signed: %s)',
    signed => {
      const run = wire({ channel, signed })
      run.ask('mallory', 'add', 'change', 900)
      const op = run.ask('alice', 'add', 'kiosk', 100)
      run.run(1500)
      const readable = channel === 'none' || channel === 'any'
      expect(run.value('bank', 'kiosk')).toBe(readable && !signed ? 900 : undefined)
      expect(run.operation(op).outcome).toBe(readable ? (signed ? 'fail' : 'ok') : 'unknown')
    },
  )

  test('a made-up request passes wherever callers need not sign, for encryption says nothing about them', () => {
    const run = wire({ channel })
    run.ask('mallory', 'add', 'forge', 500)
    expect(run.run(200).value('bank', 'kiosk')).toBe(500)
    const strict = wire({ channel, signed: true })
    strict.ask('mallory', 'add', 'forge', 500)
    expect(strict.run(200).value('bank', 'kiosk')).toBeUndefined()
    expect(strict.notes('refused')).toMatchObject([{ data: { reason: 'signed by mallory, not by alice' } }])
  })

  test('a signature does not stop a recording; only a checked connection does, whose records are numbered', () => {
    const { run } = paid({ channel, signed: true })
    run.ask('mallory', 'add', 'replay', 3)
    expect(run.run(200).value('bank', 'kiosk')).toBe(channel === 'checked' ? 100 : 400)
  })

  test('a number used once within a window stops the recording, whenever it is sent', () => {
    for (const laterMs of [0, 900, 1100, 5000]) {
      const { run } = paid({ channel, signed: true, bank: { freshness: 'both' } })
      run.run(laterMs).ask('mallory', 'add', 'replay', 3)
      expect(run.run(200).value('bank', 'kiosk')).toBe(100)
      expect(fact(run, 'bank', 'refused')).toBe('3')
    }
  })
})

describe('freshness (RFC 4120, section 3.2.3)', () => {
  const replayed = (freshness: string, laterMs: number) => {
    const { run } = paid({ channel: 'box', signed: true, bank: { freshness, windowMs: 1000, rememberMs: 2000 } })
    run.run(laterMs).ask('mallory', 'add', 'replay', 1)
    return run.run(200).value('bank', 'kiosk')
  }

  test('a window alone lets a quick copy through', () => {
    expect(replayed('window', 100)).toBe(200)
    expect(replayed('window', 1200)).toBe(100)
  })

  test('a memory alone lets through what is older than it reaches back', () => {
    expect(replayed('nonce', 100)).toBe(100)
    expect(replayed('nonce', 2500)).toBe(200)
  })

  test('both together leave a gap where the window is wider than the memory', () => {
    const { run } = paid({
      channel: 'box',
      signed: true,
      bank: { freshness: 'both', windowMs: 5000, rememberMs: 2000 },
    })
    run.run(3000).ask('mallory', 'add', 'replay', 1)
    expect(run.run(200).value('bank', 'kiosk')).toBe(200)
  })

  test('what was seen outlasts a crash', () => {
    const { run } = paid({ channel: 'box', signed: true, bank: { freshness: 'both' } })
    run.crash('bank').restart('bank').run(10)
    run.ask('mallory', 'add', 'replay', 1)
    expect(run.run(200).value('bank', 'kiosk')).toBe(100)
  })

  test('a caller whose clock is wrong by more than the window is refused', () => {
    const run = wire({ signed: true, bank: { freshness: 'window' } })
    run.act({ act: 'clock', node: 'alice' as never, stepUs: -1_500_000 })
    const op = run.ask('alice', 'add', 'kiosk', 100)
    run.run(200)
    expect(run.operation(op)).toMatchObject({ outcome: 'fail', reason: 'not of this time' })
  })
})

describe('the certificate (RFC 8446, section 4.4; RFC 9525)', () => {
  test('a caller that checks it says nothing to an impostor', () => {
    const run = wire({ channel: 'checked', mallory: { impersonates: true } })
    const op = run.ask('alice', 'add', 'kiosk', 100)
    run.run(200)
    expect(run.operation(op)).toMatchObject({ outcome: 'fail', reason: 'mallory is not bank' })
    expect(fact(run, 'mallory', 'reads')).toBe('nothing yet')
  })

  test('one of the right key for another name is refused', () => {
    const { run, op } = paid({ channel: 'checked', bank: { name: 'shop' } })
    expect(run.operation(op)).toMatchObject({ outcome: 'fail', reason: 'the certificate is for shop' })
  })

  test('one of a key that the caller was told to trust for the name is taken', () => {
    const { run, op } = paid({
      channel: 'checked',
      mallory: { impersonates: true },
      alice: { trust: ['bank=mallory'] },
    })
    expect(run.operation(op).outcome).toBe('ok')
    expect(fact(run, 'alice', 'met')).toBe('mallory')
  })

  test('an answer without proof leaves the outcome open', () => {
    const run = wire({ channel: 'box' })
    run.ask('mallory', 'add', 'change', 900)
    const op = run.ask('alice', 'add', 'kiosk', 100)
    run.run(200)
    expect(run.operation(op)).toMatchObject({ outcome: 'unknown' })
    expect(fact(run, 'bank', 'unreadable')).toBe('1')
  })
})

describe('behind the door', () => {
  test('a known caller is refused what the policy does not name', () => {
    const { run, op } = paid({ signed: true, bank: { policy: ['alice:read', 'carol:add'] } })
    expect(run.operation(op)).toMatchObject({ outcome: 'fail', reason: 'alice may not add here' })
  })

  test('a right signature of somebody who is no member is refused', () => {
    const { run, op } = paid({ signed: true, bank: { members: ['carol'] } })
    expect(run.operation(op)).toMatchObject({ outcome: 'fail', reason: 'alice is not known here' })
  })

  test('a request meant for another service is refused', () => {
    const { run, op } = paid({ signed: true, alice: { name: 'shop' } })
    expect(run.operation(op)).toMatchObject({ outcome: 'fail', reason: 'meant for shop' })
  })

  test.each([-400, 0, 1.5, 5000])('an amount of %d is refused where input is checked, however well signed', amount => {
    const ask = (bank: object) => {
      const run = wire({ channel: 'checked', signed: true, bank })
      const op = run.ask('alice', 'add', 'kiosk', amount)
      run.run(200)
      return run.operation(op).outcome
    }
    expect(ask({})).toBe('ok')
    expect(ask({ validate: true })).toBe('fail')
  })

  test('an alarm goes off after so many refusals', () => {
    const { run } = paid({ signed: true, bank: { freshness: 'both', alarmAfter: 3 } })
    run.ask('mallory', 'add', 'replay', 2)
    expect(fact(run.run(100), 'bank', 'alarm')).toBe('off')
    run.ask('mallory', 'add', 'replay', 1)
    expect(fact(run.run(100), 'bank', 'alarm')).toBe('on')
    expect(run.notes('alarm')).toHaveLength(1)
  })

  test('a service that wants encryption turns away what comes openly', () => {
    const { run, op } = paid({ bank: { encryption: 'box' } })
    expect(run.operation(op)).toMatchObject({ outcome: 'fail', reason: 'not encrypted' })
  })
})

describe('the one on the wire', () => {
  test('refuses what it cannot do', () => {
    const run = wire()
    const early = run.ask('mallory', 'add', 'replay', 1)
    const strange = run.ask('mallory', 'read', 'x')
    run.run(10)
    expect(run.operation(early)).toMatchObject({ outcome: 'fail', reason: 'nothing has passed yet' })
    expect(run.operation(strange).outcome).toBe('fail')
  })

  test('a session that is not the next record is refused even of the one who opened it', () => {
    const { run } = paid({ channel: 'checked' })
    run.ask('mallory', 'add', 'replay', 1)
    expect(fact(run.run(100), 'bank', 'out of place')).toBe('1')
  })
})
