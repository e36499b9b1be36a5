import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nodeId } from '../../src/kernel/ids.ts'
import type { MessageRecord } from '../../src/kernel/trace.ts'
import { crc32 } from '../../src/protocols/crc32.ts'
import { logShipping } from '../../src/protocols/log-shipping.ts'
import { Laboratory, type Setup } from './laboratory.ts'

/** An app ships its records to n2, and n3 watches. */
const shipping = (config: object = {}, more: Partial<Setup> = {}) =>
  new Laboratory({
    protocol: logShipping,
    servers: ['app', 'n2', 'n3'],
    clients: ['bob'],
    clientConfig: { servers: ['n2'], timeoutMs: 100 },
    config,
    special: {
      app: { config: { to: 'n2', reportTo: 'n3', ...config } },
      n2: { config: { reportTo: 'n3', heartbeatMs: 100, ...config } },
      n3: { config: { suspectMs: 300 } },
    },
    ...more,
  })

const all = { acknowledge: true, confirm: 'acknowledged', retransmitMs: 60, deduplicate: true, checksums: true }

const write = (run: Laboratory) => run.ask('app', 'add', 'log', 1)
const writeMany = (run: Laboratory, count: number, everyMs = 20) =>
  Array.from({ length: count }, () => {
    const id = write(run)
    run.run(everyMs)
    return id
  })
const fact = (run: Laboratory, node: string, label: string) =>
  run.view(node).facts.find(one => one.label === label)?.value
const isRecord = ({ info }: MessageRecord) => info.purpose === 'replicate'
const onItsWay = (run: Laboratory) => run.sent('app', 'n2').findLast(isRecord)?.id as never
const omit = (run: Laboratory, node: string, direction: 'send' | 'receive', probability: number) =>
  run.act({ act: 'omit', node: nodeId(node), direction, probability })

test('the checksum is CRC-32 as IEEE 802.3 has it', () => {
  expect(crc32('123456789')).toBe(0xcbf43926)
  expect(crc32('')).toBe(0)
})

describe('fire and forget', () => {
  test('a record is called done as soon as it is sent, and an omission on either side loses it without a sound', () => {
    for (const [node, direction] of [
      ['app', 'send'],
      ['n2', 'receive'],
    ] as const) {
      const run = omit(shipping(), node, direction, 1)
      const id = write(run)
      run.run(500)
      expect(run.result(id)).toBe('ok')
      expect(run.value('n2', 'log')).toBeUndefined()
      expect(fact(run, 'n2', 'missing')).toBeUndefined()
    }
  })

  test('a node that loses what it receives still sends its heartbeats: the monitor sees nothing', () => {
    const run = omit(shipping(), 'n2', 'receive', 1)
    writeMany(run, 20, 50)
    expect(fact(run, 'n3', 'n2')).toBe('up')
    expect(run.notes('suspect')).toEqual([])
  })

  test('a crashed archive falls silent, and the monitor suspects it', () => {
    const run = shipping().run(250).crash('n2').run(500)
    expect(fact(run, 'n3', 'n2')).toBe('silent')
    run.restart('n2').run(300)
    expect(fact(run, 'n3', 'n2')).toBe('up')
  })
})

describe('checksums', () => {
  const garbled = (checksums: boolean) => {
    const run = shipping({ checksums, sequence: 'watch' })
    write(run)
    run.act({ act: 'message', message: onItsWay(run), do: 'garble' }).run(20)
    return run
  }

  test('notice a record that changed on the way, and nothing notices it without them', () => {
    expect(fact(garbled(true), 'n2', 'damaged')).toBe('1')
    expect(garbled(true).value('n2', 'log')).toBeUndefined()
    expect(fact(garbled(false), 'n2', 'ends')).toBe('0')
  })

  test('say nothing of a record that did not come', () => {
    const run = shipping({ checksums: true })
    write(run)
    run.act({ act: 'message', message: onItsWay(run), do: 'drop' }).run(20)
    writeMany(run, 3)
    expect(fact(run, 'n2', 'damaged')).toBe('0')
    expect(fact(run, 'n2', 'kept')).toBe('3')
  })
})

describe('numbers', () => {
  const third = (config: object) => {
    const run = shipping({ sequence: 'watch', ...config })
    writeMany(run, 2)
    write(run)
    run.act({ act: 'message', message: onItsWay(run), do: 'drop' }).run(20)
    return run
  }

  test('show which record is missing, once a later one has come', () => {
    const run = third({})
    expect(fact(run, 'n2', 'missing')).toBe('0')
    writeMany(run, 1)
    expect(fact(run, 'n2', 'missing')).toBe('1')
    expect(fact(run, 'n2', 'gap')).toBe('3')
  })

  test('show a gap at the very end only when the sender tells how many it has sent', () => {
    expect(fact(third({}).run(1000), 'n2', 'missing')).toBe('0')
    const told = third({ countMs: 200 }).run(1000)
    expect(fact(told, 'n2', 'gap')).toBe('3')
    expect(fact(told, 'n3', 'short')).toBe('1')
  })

  test('let the archive ask for what it misses', () => {
    const run = third({ sequence: 'ask' })
    writeMany(run, 1)
    run.run(400)
    expect(fact(run, 'n2', 'missing')).toBe('0')
    expect(run.value('n2', 'log')).toBe(4)
    expect(run.sent('n2', 'app').filter(({ info }) => info.purpose === 'repair')).toHaveLength(1)
  })

  test('a gap that closes by itself is not asked for', () => {
    const run = shipping({ sequence: 'ask', askMs: 100 })
    write(run)
    const first = onItsWay(run)
    run.act({ act: 'message', message: first, do: 'hold' })
    write(run)
    run.run(50).act({ act: 'message', message: first, do: 'release' }).run(400)
    expect(fact(run, 'n2', 'ends')).toBe('2 1')
    expect(run.sent('n2', 'app').filter(({ info }) => info.purpose === 'repair')).toEqual([])
  })
})

describe('acknowledgements', () => {
  test('leave the sender in doubt when one is lost, never with a wrong ok', () => {
    const run = omit(shipping({ acknowledge: true, confirm: 'acknowledged' }, { deadlineMs: 300 }), 'n2', 'send', 1)
    const id = write(run)
    run.run(500)
    expect(run.result(id)).toBe('unknown')
    expect(run.value('n2', 'log')).toBe(1)
  })

  test('with repetition bring every record there, at least once', () => {
    const kept = (deduplicate: boolean) => {
      const run = shipping({ ...all, deduplicate })
      const id = write(run)
      run.dropNext(({ info }) => info.purpose === 'acknowledge').run(500)
      expect(run.result(id)).toBe('ok')
      return run.value('n2', 'log')
    }
    expect(kept(false)).toBe(2)
    // Once, where the archive looks at the number.
    expect(kept(true)).toBe(1)
  })

  test('keep a record through a crash of the sender', () => {
    const run = shipping(all)
    write(run)
    run.act({ act: 'message', message: onItsWay(run), do: 'drop' })
    run.crash('app').restart('app').run(500)
    expect(run.value('n2', 'log')).toBe(1)
  })
})

test('a query counts the records, and is lost like any other message', () => {
  const run = shipping()
  writeMany(run, 3)
  const first = run.ask('bob', 'read', 'log')
  omit(run.run(50), 'n2', 'receive', 1)
  const second = run.ask('bob', 'read', 'log')
  run.run(500)
  expect(run.result(first)).toBe('ok 3')
  expect(run.result(second)).toBe('unknown')
})

describe('with all switches on', () => {
  interface Ends {
    readonly kept: unknown
    readonly oks: number
  }
  const end = (config: object, seed: number, sendLoss: number, receiveLoss: number): Ends => {
    const run = shipping(config, {
      seed,
      deadlineMs: 60_000,
      network: { latencyMs: { uniform: { min: 1, max: 15 } }, duplicate: 0.1, reorder: 0.2, reorderMs: 40 },
    })
    omit(omit(run, 'app', 'send', sendLoss), 'n2', 'receive', receiveLoss)
    writeMany(run, 10, 15)
    for (let garbled = 0; garbled < 2; garbled += 1) {
      write(run)
      run.attempt({ act: 'message', message: onItsWay(run), do: 'garble' })
      run.run(15)
    }
    omit(omit(run.run(1000), 'app', 'send', 0), 'n2', 'receive', 0)
    if (seed % 3 === 0) run.crash('n2').run(50).restart('n2')
    run.run(1500)
    return { kept: run.value('n2', 'log'), oks: run.history.filter(({ outcome }) => outcome === 'ok').length }
  }
  const chance = fc.double({ min: 0, max: 0.6, noNaN: true })

  test('each record is kept once and confirmed, whatever is omitted, copied, overtaken or garbled', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e6 }), chance, chance, (seed, sends, receives) => {
        expect(end(all, seed, sends, receives)).toEqual({ kept: 12, oks: 12 })
      }),
      { numRuns: 120 },
    )
  })

  test.each([
    ['repetition', { retransmitMs: 0 }],
    ['duplicate detection', { deduplicate: false }],
    ['checksums', { checksums: false, deduplicate: false }],
  ])('without %s it is not so', (_name, off) => {
    const ends = Array.from({ length: 10 }, (_, seed) => end({ ...all, ...off }, seed, 0.3, 0.3))
    expect(ends.some(({ kept, oks }) => kept !== 12 || oks !== 12)).toBe(true)
  })
})

test('the worlds are equal in place and on drafts after every event', () => {
  for (const sequence of ['watch', 'ask'] as const) {
    const run = shipping(
      { ...all, sequence, countMs: 80 },
      { bothModes: true, network: { latencyMs: { uniform: { min: 1, max: 20 } }, loss: 0.2, duplicate: 0.2 } },
    )
    for (let number = 1; number <= 15; number += 1) {
      write(run)
      if (number % 4 === 0) run.attempt({ act: 'message', message: onItsWay(run), do: 'garble' })
      if (number === 5) omit(run, 'n2', 'receive', 0.5)
      if (number === 8) run.crash('n2')
      if (number === 9) run.restart('n2')
      if (number === 11) run.crash('app').restart('app')
      if (number === 12) for (const { id, config } of run.spec.nodes) run.configure(id, config as object)
      run.run(30)
    }
    run.ask('bob', 'read', 'log')
    run.run(500)
    expect(run.differing).toEqual([])
    expect(run.value('n2', 'log')).toBeGreaterThan(5)
  }
})

test('a transcript: a lost record, a garbled one, and how both come after all', async () => {
  const run = shipping({ ...all, sequence: 'ask', retransmitMs: 0, confirm: 'sent', deduplicate: true })
  write(run)
  run.run(20)
  write(run)
  run.act({ act: 'message', message: onItsWay(run), do: 'drop' }).run(20)
  write(run)
  run.act({ act: 'message', message: onItsWay(run), do: 'garble' }).run(20)
  write(run)
  await expect(run.run(250).transcript).toMatchFileSnapshot('golden/log-shipping-omission.txt')
})
