import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/kernel/json.ts'
import { garble } from '../../src/sim/garble.ts'

describe('a garbled message', () => {
  it('differs in one bit of its content and in nothing else', () => {
    expect(garble({ t: 'record', seq: 5, body: 'line 5' })).toEqual({ t: 'record', seq: 5, body: 'line 4' })
    expect(garble({ t: 'call', input: 6, key: 'x' })).toEqual({ t: 'call', input: 7, key: 'x' })
    expect(garble({ t: 'call', input: { from: 1, to: 2 } })).toEqual({ t: 'call', input: { from: 0, to: 2 } })
    expect(
      garble({
        entries: [
          { op: 'a#1', value: true },
          { op: 'a#2', value: true },
        ],
      }),
    ).toEqual({
      entries: [
        { op: 'a#1', value: false },
        { op: 'a#2', value: true },
      ],
    })
  })

  it('needs content: nothing else of a message is touched', () => {
    for (const message of [{ t: 'ack', seq: 3 }, { t: 'call', input: null }, { body: '' }, 7, null] as Json[])
      expect(garble(message)).toBeUndefined()
  })

  it('garbled twice is as it was, and the original is never touched', () => {
    const content = fc.oneof(fc.integer(), fc.boolean(), fc.string({ minLength: 1 }))
    fc.assert(
      fc.property(content, fc.string(), (body, t) => {
        const message = Object.freeze({ t, body })
        const once = garble(message) as Json
        expect(once).not.toEqual(message)
        expect(garble(once)).toEqual(message)
      }),
      { numRuns: 200 },
    )
  })
})
