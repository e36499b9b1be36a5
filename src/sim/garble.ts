import type { Json } from '../kernel/json.ts'

/** What carries the content of messages, by the names that protocols give it. Addresses, numbers and types arrive as they were sent. */
const contents = new Set(['body', 'value', 'values', 'input', 'output'])

/** The same with the lowest bit of its last unit flipped; undefined where there is no bit to flip. */
const flipped = (value: Json): Json | undefined => {
  if (typeof value === 'boolean') return !value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value % 2 === 0 ? value + 1 : value - 1
  if (typeof value !== 'string' || value === '') return undefined
  const last = value.length - 1
  return value.slice(0, last) + String.fromCharCode(value.charCodeAt(last) ^ 1)
}

/** A copy of the message in which one bit of its content, the first that is found, has the other value. Undefined where it has no content. */
export const garble = (message: Json, isContent = false): Json | undefined => {
  if (message === null || typeof message !== 'object') return isContent ? flipped(message) : undefined
  for (const [name, value] of Object.entries(message as { readonly [name: string]: Json | undefined })) {
    const inside = isContent || contents.has(name)
    const other = value === undefined ? undefined : garble(value, inside)
    if (other === undefined) continue
    if (!Array.isArray(message)) return { ...message, [name]: other }
    return message.map((item, at) => (String(at) === name ? other : item))
  }
  return undefined
}
