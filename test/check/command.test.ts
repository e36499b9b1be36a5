import { describe, expect, test } from 'vitest'
import { type CheckRequest, checkHistory, checkJson, checkText } from '../../src/check/command.ts'
import { largestHistory, tooLarge } from '../../src/check/history/read-history.ts'
import { writeNetsplit } from '../../src/check/history/read-netsplit.ts'
import { op } from './histories.ts'

const check = (text: string, more: Partial<CheckRequest> = {}) => checkHistory({ text, file: 'h.edn', ...more })
const log = (...lines: string[]) => lines.map(line => `INFO  jepsen.util - ${line.replaceAll(' ', '\t')}`).join('\n')
const edn = (...ops: string[]) => ops.map(one => `{${one}}`).join('\n')

describe('Jepsen operation maps', () => {
  const good = [
    ':process 0, :type :invoke, :f :write, :value 1',
    ':process 0, :type :ok, :f :write, :value 1',
    ':process 1, :type :invoke, :f :read, :value nil',
    ':process 1, :type :ok, :f :read, :value 1',
  ]
  const bad = [...good.slice(0, 3), ':process 1, :type :ok, :f :read, :value 2']

  test('one after another, in a vector, in a list, with or without commas, all on one line', () => {
    for (const [ops, exit] of [
      [good, 0],
      [bad, 1],
    ] as const) {
      expect(check(edn(...ops)).exit).toBe(exit)
      expect(check(`[${edn(...ops)}]`).exit).toBe(exit)
      expect(check(`(${edn(...ops).replaceAll(',', '')})`).exit).toBe(exit)
      expect(check(edn(...ops).replaceAll('\n', ' ')).exit).toBe(exit)
      expect(check(`{:name "t" :history [${edn(...ops)}]}`).exit).toBe(exit)
    }
  })

  test('comments, discarded values, tags, metadata and further members are tolerated', () => {
    const text = `; made by hand
#_ {:process 9 :type :ok :f :read}
^{:a 1} #jepsen.history.Op{:index 0 :time 12 :process 0 :type :invoke :f :write :value 1 :debug #{:a [1 {}]} :ch \\newline}
{:process :nemesis :type :info :f :start :value #inst "2024-01-01"}
#jepsen.history.Op{:index 1 :time 15 :process 0 :type :ok :f :write :value 1}
#jepsen.history.Op{:index 2 :time 16 :process 1 :type :invoke :f :read :value nil}
#jepsen.history.Op{:index 3 :time 17 :process 1 :type :ok :f :read :value 2}`
    expect(check(text)).toMatchObject({ exit: 1, operations: 2, model: 'register' })
  })

  test('an :info frees its process, and what it asked for may happen later', () => {
    const text = edn(
      ':process 0 :type :invoke :f :write :value 1',
      ':process 0 :type :info :f :write :value 1 :error :timeout',
      ':process 0 :type :invoke :f :write :value 2',
      ':process 0 :type :ok :f :write :value 2',
      ':process 1 :type :invoke :f :read',
      ':process 1 :type :ok :f :read :value 1',
    )
    expect(check(text).exit).toBe(0)
  })

  test('independent keys, by option or by tag', () => {
    const ops = (pair: (key: number, value: string) => string) =>
      edn(
        `:process 0 :type :invoke :f :write :value ${pair(1, '5')}`,
        `:process 0 :type :ok :f :write :value ${pair(1, '5')}`,
        `:process 1 :type :invoke :f :read :value ${pair(2, 'nil')}`,
        `:process 1 :type :ok :f :read :value ${pair(2, 'nil')}`,
      )
    const vector = ops((key, value) => `[${key} ${value}]`)
    expect(check(vector, { independent: true })).toMatchObject({ exit: 0, keys: 2 })
    // Taken for one register it would be judged wrongly, and history.edn does not mark its tuples.
    expect(check(vector)).toMatchObject({ exit: 2, line: 3, reason: expect.stringContaining('--independent') })
    expect(check(ops((key, value) => `#jepsen.independent.Tuple[${key} ${value}]`))).toMatchObject({ exit: 0, keys: 2 })
    expect(check(ops((key, value) => `#jepsen.independent.Tuple{:key ${key}, :value ${value}}`))).toMatchObject({
      exit: 0,
    })
    expect(check(edn(':process 0 :type :invoke :f :write :value 5'), { independent: true })).toMatchObject({
      exit: 2,
      line: 1,
    })
  })

  test('a cas has [old new], and one that failed is an observation', () => {
    const text = (type: string) =>
      edn(
        ':process 0 :type :invoke :f :write :value 1',
        ':process 0 :type :ok :f :write :value 1',
        ':process 0 :type :invoke :f :cas :value [1 2]',
        `:process 0 :type :${type} :f :cas :value [1 2]`,
      )
    expect(check(text('ok')).exit).toBe(0)
    expect(check(text('fail')).exit).toBe(1)
    expect(check(text('info')).exit).toBe(0)
  })

  test('sets, counters and transactions', () => {
    const set = edn(
      ':process 0 :type :invoke :f :add :value "a"',
      ':process 0 :type :ok :f :add :value "a"',
      ':process 1 :type :invoke :f :read :value nil',
      ':process 1 :type :ok :f :read :value #{"a"}',
    )
    expect(check(set)).toMatchObject({ exit: 0, model: 'set' })
    expect(check(set.replace('#{"a"}', '#{}'))).toMatchObject({ exit: 1, model: 'set' })
    const counter = set.replaceAll('"a"', '3').replace('#{3}', '3')
    expect(check(counter)).toMatchObject({ exit: 0, model: 'counter' })
    expect(check(counter, { initial: 1 })).toMatchObject({ exit: 1 })
    const txn = (x: number, y: number) =>
      edn(
        ':process 0 :type :invoke :f :txn :value [[:w :x 1] [:w :y 1]]',
        ':process 0 :type :ok :f :txn :value [[:w :x 1] [:w :y 1]]',
        ':process 1 :type :invoke :f :txn :value [[:r :x nil] [:r :y nil]]',
        `:process 1 :type :ok :f :txn :value [[:r :x ${x}] [:r :y ${y}]]`,
      )
    expect(check(txn(1, 1)).exit).toBe(0)
    expect(check(txn(1, 2)).exit).toBe(1)
  })
})

describe("Jepsen's log", () => {
  const written = ['0 :invoke :write 3', '0 :ok :write 3', '0 :invoke :cas [3 4]']

  test('a cas that failed is an observation, unless the log gives another reason', () => {
    expect(check(log(...written, '0 :fail :cas [3 4]')).exit).toBe(1)
    expect(check(log(...written, '0 :fail :cas [3 4] :connection-refused')).exit).toBe(0)
    expect(check(log(...written, '0 :fail :cas [3 4] [:not-leader "n2"]')).exit).toBe(0)
    expect(check(log(...written, '0 :fail :cas :connection-refused')).exit).toBe(0)
  })

  test('spaces, ends of lines and the forms of other loggers', () => {
    const text = [
      'INFO  jepsen.core - starting',
      'INFO jepsen.util -   0   :invoke    :write   3  ',
      'INFO  jepsen.util - :nemesis\t:info\t:start\tnil',
      'INFO  jepsen.util - 0\t:ok\t:write\t3',
      '2019-01-01 10:00:00,123{GMT}\tINFO\t[jepsen worker 4] jepsen.util: 4\t:invoke\t:cas\t[3 4]',
      'INFO  jepsen.util - 4\t:ok\t:cas\t[ 3,  4 ]',
      'INFO  jepsen.util - 5\t:invoke\t:read\tnil',
    ].join('\r\n')
    expect(check(`${text}\r\nINFO  jepsen.util - 5\t:ok\t:read\t4`)).toMatchObject({ exit: 0, operations: 3 })
    expect(check(`${text}\r\nINFO  jepsen.util - 5\t:ok\t:read\t3`)).toMatchObject({ exit: 1, operations: 3 })
  })

  test('independent keys', () => {
    const text = log(
      '0 :invoke :cas [1 [nil 4]]',
      '1 :invoke :read [2 nil]',
      '0 :info :cas :timed-out',
      '1 :ok :read [2 nil]',
      '1 :invoke :read [1 nil]',
      '1 :ok :read [1 4]',
    )
    expect(check(text, { independent: true })).toMatchObject({ exit: 0, keys: 2 })
    expect(check(text.replace('[1\t4]', '[1\t5]'), { independent: true })).toMatchObject({ exit: 1, keys: 2 })
    expect(check(text)).toMatchObject({ exit: 2, line: 2, reason: expect.stringContaining('--independent') })
  })
})

describe("netsplit's own files", () => {
  const history = [op('alice', 'write', 1, [0, 10]), op('bob', 'read', 1, [20, 30])]

  test('what is written is read back', () => {
    expect(check(writeNetsplit(history, 'register'))).toMatchObject({ exit: 0, operations: 2, format: 'netsplit' })
    expect(check(writeNetsplit([...history, op('bob', 'read', 2, [40, 50])], 'register'))).toMatchObject({ exit: 1 })
  })

  test('times are told in seconds', () => {
    const report = check(writeNetsplit([op('bob', 'read', 2, [0, 1_500_000])], 'register'))
    expect(checkText(report).join('\n')).toContain('Bob read 2 (key x) at 1.50 s')
  })
})

describe('what is no history', () => {
  const complaints: readonly (readonly [string, string, Partial<CheckRequest>, number | undefined, string])[] = [
    ['an empty file', '', {}, undefined, 'the file is empty'],
    ['white space', ' \n\n', {}, undefined, 'the file is empty'],
    ['a binary file', '\u0000\u0001PNG', {}, undefined, 'binary'],
    ['bytes that are no UTF-8', 'ab\ufffd', {}, undefined, 'binary'],
    ['some other text', 'hello\nworld', {}, 1, 'no history in a form that is known'],
    ['an empty vector', '[]', {}, undefined, 'there are no operations'],
    ['an answer without a call', log('0 :ok :read 1'), {}, 1, 'returned before it was called, or twice'],
    [
      'two answers',
      log('0 :invoke :read nil', '0 :ok :read 1', '0 :ok :read 1'),
      {},
      3,
      'returned before it was called, or twice',
    ],
    [
      'a call while another is open',
      log('0 :invoke :read nil', '0 :invoke :read nil'),
      {},
      2,
      'calls again while its call of line 1 is open',
    ],
    [
      'an answer to something else',
      log('0 :invoke :read nil', '0 :ok :write 1'),
      {},
      2,
      'called read at line 1, but this answers write',
    ],
    ['an unknown operation', log('0 :invoke :frob nil'), {}, 1, 'unknown operation "frob"'],
    ['an unknown type', log('0 :maybe :read nil'), {}, 1, 'unknown type "maybe"'],
    ['a cas without its pair', edn(':process 0 :type :invoke :f :cas :value 3'), {}, 1, '[old new]'],
    ['a map without a process', edn(':type :invoke :f :read'), {}, 1, 'has no :process'],
    ['an unclosed map', '\n{:process 0 :type :invoke', {}, 2, 'never closed'],
    ['an unclosed string', '[\n\n"abc', {}, 3, 'string is not closed'],
    ['a stray bracket', '{:process 0}\n]', {}, 1, 'has no :type'],
    ['a map with a key and no value', '{:a}', {}, 1, 'key without a value'],
    ['values too deep', '['.repeat(5000), {}, 1, 'nested more than'],
    ['a wrong model', log('0 :invoke :write 1', '0 :ok :write 1'), { model: 'kv' }, 1, 'a kv has no write'],
    [
      'operations of two models',
      edn(':process 0 :type :invoke :f :get :key "a"', ':process 1 :type :invoke :f :add :value 1'),
      {},
      undefined,
      'no model has all of these operations: get, add',
    ],
    [
      'a counter of texts',
      edn(':process 0 :type :invoke :f :add :value "a"'),
      { model: 'counter' },
      1,
      'a counter counts numbers',
    ],
    ['broken JSON', '{"format": "netsplit-history/1",\n "operations": [}', {}, 2, 'not valid JSON'],
    ['JSON of another kind', '{"format": "else"}', {}, 1, 'expected "format"'],
    ['a newer format', '{"format": "netsplit-history/2", "operations": []}', {}, 1, 'netsplit-history/2'],
    [
      'a return before the call',
      writeNetsplit([op('a', 'read', 1, [10, 5])], 'register'),
      {},
      2,
      'it returned (5) before it was called (10)',
    ],
    [
      'an operation twice',
      writeNetsplit([op('a', 'read', 1, [1, 5]), op('a', 'read', 1, [1, 5])], 'register'),
      {},
      2,
      'called or returned twice',
    ],
  ]
  test.each(complaints)('%s', (_, text, options, line, reason) => {
    const report = check(text, options)
    expect(report).toMatchObject({ exit: 2, file: 'h.edn', reason: expect.stringContaining(reason) })
    expect(report.exit === 2 ? report.line : -1).toBe(line)
    expect(checkText(report)).toHaveLength(1)
  })

  test('a file too large is refused by its size alone', () => {
    expect(tooLarge(largestHistory, 'h')).toBeUndefined()
    expect(tooLarge(100 * 1024 * 1024, 'h')?.reason).toBe(
      'the file has 100 MB, more than the 32 MB that are read; split it by key or by time',
    )
  })

  test('control sequences in a file reach neither messages, text nor JSON', () => {
    const evil = '\u001b]0;x\u0007\u009b31m\u202e'
    const texts = [
      log(`0 :invoke :${evil} nil`),
      edn(
        `:process 0 :type :invoke :f :write :value "${evil}"`,
        ':process 1 :type :invoke :f :read',
        `:process 1 :type :ok :f :read :value "${evil}2"`,
      ),
      writeNetsplit([op(`a${evil}`, 'read', evil, [0, 5], { key: evil })], 'register'),
      `{"format": "${evil}"}`,
    ]
    for (const text of texts) {
      const report = checkHistory({ text, file: `h${evil}.edn` })
      expect(report.exit).toBeGreaterThan(0)
      expect(checkText(report).join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
      expect(checkJson(report).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
    }
  })
})

test('the four questions about one history', () => {
  const text = writeNetsplit(
    [op('alice', 'write', 1, [0, 10]), op('bob', 'read', null, [20, 30]), op('bob', 'read', 1, [40, 50])],
    'register',
  )
  expect(check(text).exit).toBe(1)
  expect(check(text, { consistency: 'sequential' }).exit).toBe(0)
  expect(check(text, { consistency: 'causal' })).toMatchObject({ exit: 0, variants: { CCv: 'holds', CM: 'holds' } })
  expect(checkText(check(text, { consistency: 'sessions' }))).toEqual([
    'h.edn: 3 operations, model register',
    'read-your-writes: yes',
    'monotonic-reads: yes',
    'monotonic-writes: yes',
    'writes-follow-reads: yes',
  ])
})

test('a budget that runs out is exit 3', () => {
  const many = Array.from({ length: 12 }, (_, at) => op(`c${at}`, 'add', 2 * at + 2, [at, 100 + at]))
  const text = writeNetsplit([...many, op('r', 'read', 33, [50, 60])], 'counter')
  expect(check(text, { budget: 50 })).toMatchObject({ exit: 3 })
})
