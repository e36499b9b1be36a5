import { canonicalJson, type Json } from '../../kernel/json.ts'
import type { Edn } from './edn.ts'

const number = (text: string): Json => {
  const bare = /^[+-]?\d+[NM]$/.test(text) ? text.slice(0, -1) : text
  const value = Number(bare)
  // What a number cannot hold exactly is compared as text.
  return Number.isFinite(value) && (Number.isSafeInteger(value) || !/^[+-]?\d+$/.test(bare)) ? value : bare
}

/** The text of a name or a key: keywords without their colon. */
export const nameOf = (value: Edn): string =>
  value.is === 'keyword' || value.is === 'string' || value.is === 'symbol' ? value.text : canonicalJson(jsonOf(value))

/** An EDN value as JSON. Keywords keep their colon, sets become sorted lists, tags are dropped. */
export const jsonOf = (value: Edn): Json => {
  switch (value.is) {
    case 'nil':
      return null
    case 'true':
    case 'false':
      return value.is === 'true'
    case 'number':
      return number(value.text)
    case 'string':
    case 'symbol':
      return value.text
    case 'keyword':
      return `:${value.text}`
    case 'list':
      return value.items.map(jsonOf)
    case 'set':
      return value.items.map(jsonOf).sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1))
    case 'map':
      return Object.fromEntries(value.entries.map(([key, one]) => [nameOf(key), jsonOf(one)]))
    case 'tagged':
      return jsonOf(value.value)
  }
}
