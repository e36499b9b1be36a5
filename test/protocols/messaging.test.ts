import { describe, expect, test } from 'vitest'
import { nodeId } from '../../src/kernel/ids.ts'
import type { AnyProtocol } from '../../src/kernel/protocol.ts'
import { connection } from '../../src/protocols/connection.ts'
import { courier } from '../../src/protocols/courier.ts'
import { Laboratory, type Setup } from './laboratory.ts'

/** Ann sends to Ben. */
const pair = (protocol: AnyProtocol, config: object = {}, more: Partial<Setup> = {}) =>
  new Laboratory({
    protocol,
    servers: ['ann', 'ben'],
    clients: [],
    config,
    special: { ann: { config: { to: 'ben' } } },
    ...more,
  })

const inbox = (run: Laboratory) => run.value('ben', 'inbox')
const say = (run: Laboratory, text: string | number) => run.ask('ann', 'append', 'inbox', text)
const lastTo = (run: Laboratory, from: string, to: string) => run.sent(from, to).at(-1)?.id as never

describe('letters', () => {
  test('the three answers: OK, NO and ?', () => {
    const run = pair(courier)
    const ok = say(run, 'hello')
    run.run(50)
    expect(run.result(ok)).toBe('ok')
    run.configure('ben', { accepts: false })
    const no = say(run, 'are you there?')
    run.run(50)
    expect(run.result(no)).toBe('fail')
    run.configure('ben', { accepts: true })
    const unknown = say(run, 'again')
    run.act({ act: 'message', message: lastTo(run, 'ann', 'ben'), do: 'drop' }).run(1000)
    expect(run.result(unknown)).toBe('unknown')
    expect(inbox(run)).toEqual(['hello'])
  })

  test('a lost letter and a lost receipt look alike to the sender', () => {
    const end = (lose: 'letter' | 'receipt') => {
      const run = pair(courier)
      const letter = say(run, 'hello')
      if (lose === 'receipt') run.until(() => run.sent('ben', 'ann').length > 0)
      const [from, to] = lose === 'letter' ? ['ann', 'ben'] : ['ben', 'ann']
      run.act({ act: 'message', message: lastTo(run, from as string, to as string), do: 'drop' }).run(1000)
      return { sees: run.operation(letter).outcome, kept: inbox(run) }
    }
    expect(end('letter')).toEqual({ sees: 'unknown', kept: undefined })
    expect(end('receipt')).toEqual({ sees: 'unknown', kept: ['hello'] })
  })

  test('sent again after a lost receipt a letter is kept twice, or once where Ben knows the numbers', () => {
    const kept = (deduplicate: boolean) => {
      const run = pair(courier, { retries: 1, deduplicate })
      const letter = say(run, 'hello')
      run.dropNext(({ info }) => info.purpose === 'acknowledge').run(2000)
      expect(run.result(letter)).toBe('ok')
      return inbox(run)
    }
    expect(kept(false)).toEqual(['hello', 'hello'])
    expect(kept(true)).toEqual(['hello'])
  })

  test('a question asks what has been kept', () => {
    const run = pair(courier)
    say(run, 'a')
    run.run(20)
    const question = run.ask('ann', 'read', 'inbox')
    expect(run.run(50).result(question)).toBe('ok ["a"]')
  })

  test('a letter that overtakes another is kept first', () => {
    const run = pair(courier)
    say(run, 1)
    run.act({ act: 'message', message: lastTo(run, 'ann', 'ben'), do: 'hold' })
    const held = run.sent('ann', 'ben').at(-1)?.id as never
    say(run, 2)
    run.run(20).act({ act: 'message', message: held, do: 'release' }).run(20)
    expect(inbox(run)).toEqual([2, 1])
  })
})

describe('a connection', () => {
  const three = (config: object) => {
    const run = pair(connection, config)
    const ids = [1, 2, 3].map(number => say(run, number))
    return { run, ids }
  }

  test('delivers in order and once, whatever the network loses, copies and reorders', () => {
    const runs = Array.from({ length: 150 }, (_, seed) => {
      const run = pair(
        connection,
        { retransmitMs: 40 },
        {
          seed,
          network: {
            latencyMs: { uniform: { min: 1, max: 20 } },
            loss: 0.2,
            duplicate: 0.2,
            reorder: 0.3,
            reorderMs: 60,
          },
        },
      )
      for (let number = 1; number <= 10; number += 1) {
        say(run, number)
        run.run(7)
      }
      return run.run(5000)
    })
    for (const run of runs) {
      expect(inbox(run)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
      expect(run.history.every(({ outcome }) => outcome === 'ok')).toBe(true)
    }
  })

  test('a lost acknowledgement alone does no harm: the segment comes again and is dropped', () => {
    const { run } = three({})
    run.until(() => inbox(run) !== undefined)
    run.act({ act: 'omit', node: nodeId('ben'), direction: 'send', probability: 1 }).run(100)
    run.act({ act: 'omit', node: nodeId('ben'), direction: 'send', probability: 0 }).run(2000)
    expect(inbox(run)).toEqual([1, 2, 3])
  })

  test('broken after "3 sent, acknowledgement lost", reopened, sent again: 1, 2, 3, 3', () => {
    const broken = (deduplicate: boolean) => {
      const run = pair(connection, { deduplicate })
      say(run, 1)
      say(run, 2)
      run.run(100)
      const third = say(run, 3)
      run.dropNext(({ info }) => info.purpose === 'acknowledge')
      run.configure('ann', { to: 'ben', deduplicate, breaks: 1 }).run(500)
      expect(run.result(third)).toBe('ok')
      return inbox(run)
    }
    expect(broken(false)).toEqual([1, 2, 3, 3])
    // Only the ends can tell, by an id of their own.
    expect(broken(true)).toEqual([1, 2, 3])
  })

  test('broken and not reopened, it leaves the sender in doubt', () => {
    const { run, ids } = three({ reconnect: false })
    run.until(() => run.sent('ann', 'ben').length > 3)
    run.configure('ann', { to: 'ben', reconnect: false, breaks: 1 }).run(500)
    expect(ids.map(id => run.result(id))).toEqual(['unknown', 'unknown', 'unknown'])
    expect(inbox(run)).toEqual([1, 2, 3])
  })

  test('breaks by itself after a long silence', () => {
    const run = pair(connection, { giveUpMs: 1000 })
    run.run(10).cut(['ben'], ['ann'], true)
    say(run, 1)
    run.run(5000).heal().run(1000)
    expect(run.notes('connection broken').length).toBeGreaterThan(2)
    expect(inbox(run)).toEqual([1])
  })

  test('a receiver that has forgotten the connection resets it', () => {
    const { run } = three({})
    run.run(100).crash('ben').restart('ben')
    say(run, 4)
    expect(inbox(run.run(1000))).toEqual([1, 2, 3, 4])
    expect(run.notes('connection broken')).toHaveLength(1)
  })

  test('a sender that crashed sends again what was not acknowledged', () => {
    const { run } = three({})
    run.until(() => JSON.stringify(inbox(run)) === '[1,2,3]')
    run.crash('ann').restart('ann').run(1000)
    expect(inbox(run)).toEqual([1, 2, 3, 1, 2, 3])
  })
})
