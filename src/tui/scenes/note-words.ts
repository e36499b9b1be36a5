import type { Json } from '../../kernel/json.ts'

/** A member of a note's data, where the data has members. */
export const member = (data: Json, name: string): Json | undefined =>
  data !== null && typeof data === 'object' && !Array.isArray(data)
    ? (data as { readonly [name: string]: Json | undefined })[name]
    : undefined

/** A note as the pictures say it: with what a node suspects, trusts or decided where the note tells that. */
export const noteWords = (text: string, data: Json): string => {
  const node = member(data, 'node')
  if ((text === 'suspect' || text === 'trust') && typeof node === 'string') return `${text}s ${node}`
  const value = member(data, 'value')
  return text === 'decided' && typeof value === 'string' ? `decided ${value}` : text
}
