import { describe, expect, test } from 'vitest'
import { nodeId } from '../../src/kernel/ids.ts'
import { type ConfigDoc, configFault, defaultsOf } from '../../src/protocols/config-doc.ts'
import { protocols } from '../../src/protocols/registry.ts'

describe.each([...protocols])('%s', (name, { protocol, docs, check, options, summary }) => {
  test('is registered under its own name, with a line that says what it is', () => {
    expect(protocol.name).toBe(name)
    expect(summary).toMatch(/^[A-Z].*\.$/)
  })

  test('describes every option once, with a default that is right itself and a line of explanation', () => {
    expect(new Set(options).size).toBe(options.length)
    expect(check(defaultsOf(docs) as never)).toBeNull()
    for (const { doc } of docs) expect(doc).toMatch(/^[\dA-Z].*\.$/)
  })

  test('starts with no options set, and with all of them at their default alike', () => {
    const boot = (config: object) => protocol.boot(nodeId('n1'), [nodeId('n2'), nodeId('n3')], undefined, config)
    expect(boot(defaultsOf(docs))).toEqual(boot({}))
  })
})

test('the documented options are those that the protocol has', () => {
  for (const { protocol, docs } of protocols.values()) {
    const { memory } = protocol.boot(nodeId('n1'), [nodeId('n2')], undefined, {}) as {
      // Under `inner` an overlay keeps the memory of the protocol above it, whose options it has as well.
      memory: { config: object; inner?: { config: object } }
    }
    const has = Object.keys({ ...memory.config, ...memory.inner?.config })
    expect(docs.map(({ key }) => key).sort()).toEqual(has.sort())
  }
})

describe('a config with a mistake', () => {
  const docs: readonly ConfigDoc[] = [
    { key: 'n', kind: 'number', integer: true, min: 1, max: 9, default: 3, doc: 'Replicas.' },
    { key: 'leaseMs', kind: 'number', nullable: true, default: null, doc: 'Lease.' },
    { key: 'mode', kind: 'choice', choices: ['a', 'b', 'c'], default: 'a', doc: 'Mode.' },
    { key: 'on', kind: 'boolean', default: false, doc: 'On.' },
    { key: 'to', kind: 'text', default: '', doc: 'To.' },
    { key: 'range', kind: 'list', of: 'number', length: 2, default: [1, 2], doc: 'Range.' },
  ]

  test.each([
    [{ nn: 3 }, 'there is no option "nn"; the options are n, leaseMs, mode, on, to or range'],
    [{ n: 'three' }, 'n must be a whole number; when it is left out it is 3'],
    [{ n: 2.5 }, 'n must be a whole number; when it is left out it is 3'],
    [{ n: 0 }, 'n must be at least 1; when it is left out it is 3'],
    [{ n: 10 }, 'n must be at most 9; when it is left out it is 3'],
    [{ leaseMs: 'x' }, 'leaseMs must be a number or null; when it is left out it is null'],
    [{ mode: 'd' }, 'mode must be a, b or c; when it is left out it is "a"'],
    [{ on: 1 }, 'on must be true or false; when it is left out it is false'],
    [{ to: 1 }, 'to must be a text; when it is left out it is ""'],
    [{ range: [1, 'x'] }, 'range must be a list of numbers; when it is left out it is [1,2]'],
    [{ range: [1] }, 'range must be a list of 2 numbers; when it is left out it is [1,2]'],
  ])('%j', (config, message) => {
    expect(configFault(docs, config)?.message).toBe(message)
    expect(configFault(docs, config)?.path).toEqual(Object.keys(config))
  })

  test('none: what is not set cannot be wrong, and null is a number where the option says so', () => {
    expect(configFault(docs, {})).toBeNull()
    expect(configFault(docs, { leaseMs: null, n: 9, mode: 'b', range: [3, 4] })).toBeNull()
  })
})
