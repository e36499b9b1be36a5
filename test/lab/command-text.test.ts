import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { messageId, nodeId } from '../../src/kernel/ids.ts'
import type { Json } from '../../src/kernel/json.ts'
import type { Command, Deed, Place, When } from '../../src/lab/command.ts'
import { parseCommands, parseCondition, printCommands } from '../../src/lab/command-text.ts'
import type { Condition } from '../../src/lab/condition.ts'
import { printCondition } from '../../src/lab/condition-text.ts'
import { OPERATION_KINDS } from '../../src/lab/operation-pick.ts'
import { ScriptError } from '../../src/lab/scanner.ts'

const node = fc.constantFrom('n1', 'n2', 'n3', 'alice', 'leader', 'followers', 'others', 'eu')
const nodes = fc.array(node, { minLength: 1, maxLength: 3 })
const word = fc.constantFrom('x', 'key-1', 'b2')
const value: fc.Arbitrary<Json> = fc
  .jsonValue({ maxDepth: 2, noUnicodeString: false })
  .map(json => JSON.parse(JSON.stringify(json)) as Json)
const ms = fc.integer({ min: 0, max: 10_000_000 }).map(us => us / 1000)
const us = fc.integer({ min: 0, max: 10_000_000_000 })
const count = fc.integer({ min: 1, max: 99 })
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const without = <T extends object>(record: T): T =>
  Object.fromEntries(Object.entries(record).filter(([, member]) => member !== undefined)) as T

const operation = fc
  .record({
    client: fc.constantFrom('alice', 'bob'),
    kind: optional(fc.constantFrom(...OPERATION_KINDS)),
    nth: optional(count),
  })
  .map(without)
const pick = fc.oneof(
  fc.tuple(count, count).map(([a]) => ({ id: messageId(nodeId('n1'), nodeId('n2'), a) })),
  fc
    .record({
      which: fc.constantFrom('oldest', 'newest', 'all'),
      purpose: optional(fc.constantFrom('request', 'reply', 'replicate', 'heartbeat')),
      op: optional(operation),
      like: optional(fc.string({ minLength: 1 })),
      from: optional(nodes),
      to: optional(nodes),
    })
    .map(without),
) as fc.Arbitrary<never>

const atom = fc.oneof(
  fc
    .record({
      type: fc.constant('see'),
      phenomenon: fc.constantFrom('stale-read', 'split-brain'),
      by: optional(fc.constant('bob')),
      at: optional(fc.constant('n1')),
      key: optional(word),
      min: optional(count),
      beforeMs: optional(ms),
      afterMs: optional(ms),
    })
    .map(without),
  fc
    .record({
      type: fc.constant('operation'),
      pick: operation,
      is: fc.constantFrom('ok', 'fail', 'unknown', 'open', 'returned'),
      value: optional(value),
      key: optional(word),
      servedBy: optional(fc.constant('n1')),
      min: optional(count),
    })
    .map(without),
  fc.record({ type: fc.constant('is'), nodes, is: fc.constantFrom('leader', 'down') }),
  fc.record({ type: fc.constant('has'), nodes, key: word, value }),
  fc.record({
    type: fc.constant('shows'),
    nodes,
    fact: fc.string({ minLength: 1 }),
    value: fc.string({ minLength: 1 }),
  }),
  fc.record({ type: fc.constant('message'), happened: fc.constantFrom('sent', 'delivered', 'lost'), pick }),
  fc.record({
    type: fc.constant('verdict'),
    consistency: fc.constant('linearizable'),
    answer: fc.constant('violated'),
  }),
  fc.record({ type: fc.constant('did'), verb: fc.constant('cut') }),
  fc.record({ type: fc.constant('faulty'), is: fc.boolean() }),
  fc.record({
    type: fc.constant('measure'),
    measure: fc
      .record({
        name: fc.constantFrom('latency', 'calls'),
        of: optional(fc.constant('n1')),
        statistic: optional(fc.constant('p99')),
      })
      .map(without),
    compare: fc.constantFrom('>=', '<=', '='),
    number: fc.integer({ min: 0, max: 1000 }),
  }),
) as fc.Arbitrary<Condition>

const condition = fc.letrec<{ any: Condition; several: Condition; not: Condition }>(tie => ({
  any: fc.oneof({ depthSize: 'small', withCrossShrink: true }, atom, tie('several'), tie('not')),
  several: fc.record({
    type: fc.constantFrom('all' as const, 'any' as const),
    of: fc.array(tie('any'), { minLength: 2, maxLength: 3 }),
  }),
  not: fc.record({ type: fc.constant('not' as const), of: tie('any') }),
})).any

const sides = fc.oneof(
  fc.record({ sides: fc.array(nodes, { minLength: 1, maxLength: 3 }), oneWay: fc.constant(false) }),
  fc.record({ sides: fc.array(nodes, { minLength: 2, maxLength: 2 }), oneWay: fc.constant(true) }),
)
const deed = fc.oneof(
  fc.record({ verb: fc.constant('key'), key: fc.constantFrom('p', 'w', '1') }),
  sides.map(own => ({ verb: 'cut', ...own })),
  fc.oneof(sides, fc.constant({ sides: [], oneWay: false })).map(own => ({ verb: 'heal', ...own })),
  fc
    .tuple(
      sides,
      fc.oneof(
        fc.constant('default'),
        fc.constant({ loss: 0.3, latencyMs: { uniform: { min: 1, max: 2.5 } }, mtu: null }),
      ),
    )
    .map(([own, set]) => ({ verb: 'link', ...own, set })),
  fc.record({ verb: fc.constantFrom('crash', 'resume', 'honest'), nodes }),
  fc.record({ verb: fc.constant('restart'), nodes, disk: fc.constantFrom('kept', 'lost') }),
  fc.record({ verb: fc.constant('pause'), nodes, forMs: optional(ms) }).map(without),
  fc.record({ verb: fc.constant('slow'), nodes, costMs: ms }),
  fc.record({
    verb: fc.constant('omit'),
    nodes,
    direction: fc.constantFrom('send', 'receive'),
    probability: fc.constantFrom(0, 0.25, 1),
  }),
  fc.record({ verb: fc.constant('clock'), nodes, stepMs: fc.integer(), ratePpm: optional(fc.integer()) }).map(without),
  fc.record({
    verb: fc.constant('corrupt'),
    nodes,
    path: fc.array(fc.oneof(word, fc.nat(9)), { minLength: 1 }),
    value,
  }),
  fc.record({
    verb: fc.constant('flip'),
    nodes,
    path: fc.array(fc.oneof(word, fc.nat(9)), { minLength: 1 }),
    bit: fc.nat(51),
  }),
  fc.record({ verb: fc.constant('set'), knob: fc.constant('policy'), value: fc.constant('CP') }),
  fc
    .record({
      verb: fc.constant('request'),
      clients: nodes,
      kind: fc.constantFrom('write', 'append'),
      key: word,
      value: optional(value),
    })
    .map(without),
  fc.record({ verb: fc.constant('request'), clients: nodes, kind: fc.constant('read'), key: word }),
  fc.record({ verb: fc.constant('message'), do: fc.constantFrom('hold', 'drop', 'deliver'), pick }),
  fc.record({ verb: fc.constant('address'), address: fc.constant('db'), node: fc.option(fc.constant('n1')) }),
) as fc.Arbitrary<Deed>

const place = fc.record({ atUs: us, after: optional(fc.nat(9)) }).map(without) as fc.Arbitrary<Place>
const when: fc.Arbitrary<When> = fc.oneof(
  fc.constant<When>({ type: 'soon' }),
  place.map((own): When => ({ type: 'at', ...own })),
  fc.nat(9999).map((index): When => ({ type: 'index', index })),
  fc.tuple(condition, place, us).map(([c, from, delayUs]): When => ({ type: 'when', condition: c, from, delayUs })),
)

describe('the text of commands', () => {
  it('reads back every command as it was printed', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ do: deed, when }), { maxLength: 4 }), commands => {
        expect(parseCommands(printCommands(commands as Command[]))).toEqual(commands)
      }),
      { seed: 2, numRuns: 500 },
    )
  })

  it('reads back every condition as it was printed', () => {
    fc.assert(
      fc.property(condition, one => {
        expect(parseCondition(printCondition(one))).toEqual(one)
      }),
      { seed: 3, numRuns: 500 },
    )
  })

  it('reads keys with times, ranges, one way cuts and conditions', () => {
    expect(parseCommands('p@500, w@1000.25 cut(n1..n3>leader) crash(leader)@after(alice#1 ok)+50')).toEqual([
      { do: { verb: 'key', key: 'p' }, when: { type: 'at', atUs: 500_000 } },
      { do: { verb: 'key', key: 'w' }, when: { type: 'at', atUs: 1_000_250 } },
      { do: { verb: 'cut', sides: [['n1', 'n2', 'n3'], ['leader']], oneWay: true }, when: { type: 'soon' } },
      {
        do: { verb: 'crash', nodes: ['leader'] },
        when: {
          type: 'when',
          condition: { type: 'operation', pick: { client: 'alice', nth: 1 }, is: 'ok' },
          from: { atUs: 0, after: 0 },
          delayUs: 50_000,
        },
      },
    ])
  })

  it('takes isolate for a cut from all others', () => {
    expect(parseCommands('isolate(n1)')).toEqual(parseCommands('cut(n1)'))
  })

  it.each([
    ['crsh(n1)', 1, '"crsh" is no command; did you mean "crash"?'],
    ['crash n1', 7, '"(" is missing after crash'],
    ['crash(n1)x', 10, 'a space or comma is missing'],
    ['p@soon', 3, 'after "@" a time in ms'],
    ['p@-5', 3, 'a time is a number of ms from 0 on'],
    ['omit(n1 send 2)', 13, 'a probability lies between 0 and 1'],
    ['link(n1|n2 los=1)', 12, '"los" is no property of a link; did you mean "loss"?'],
    ['w@when(see stale-reed)', 12, '"stale-reed" is no phenomenon; did you mean "stale-read"?'],
    ['w@when(alice)', 13, 'after alice comes one of'],
    ['drop()', 6, 'a message is missing'],
    ['cas(alice x)', 12, 'cas needs its input'],
    ['read(bob x 5)', 11, 'a read takes no value'],
    ['write(alice x [1)', 15, 'a bracket that is never closed'],
    ['alice.fly ok', 1, '"alice" is no command'],
  ])('says what is wrong with %s', (text, character, message) => {
    const failure = (() => {
      try {
        return parseCommands(text)
      } catch (error) {
        return error
      }
    })()
    expect(failure).toBeInstanceOf(ScriptError)
    expect((failure as ScriptError).message).toContain(message)
    expect((failure as ScriptError).at + 1).toBe(character)
  })
})
