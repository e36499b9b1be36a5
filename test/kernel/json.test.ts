import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, type Json } from '../../src/kernel/json.ts'

const json = fc.jsonValue() as fc.Arbitrary<Json>

/** The same value with the members of every object in the opposite order. */
const turned = (value: Json): Json => {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(turned)
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, turned(member as Json)]),
  )
}

describe('canonical JSON', () => {
  it('is the same for equal values, in whatever order their members are', () => {
    fc.assert(
      fc.property(json, value => {
        expect(canonicalJson(turned(value))).toBe(canonicalJson(value))
      }),
      { seed: 1 },
    )
  })

  it('reads back as the value', () => {
    fc.assert(
      fc.property(json, value => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
      { seed: 2 },
    )
  })

  it('sorts keys, leaves out what is undefined, and has no white space', () => {
    expect(canonicalJson({ b: [1, 'x y'], a: undefined, aa: { d: null, c: true } })).toBe(
      '{"aa":{"c":true,"d":null},"b":[1,"x y"]}',
    )
  })
})
