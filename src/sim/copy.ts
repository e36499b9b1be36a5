import { current, isDraft } from 'immer'

/** A deep copy of a JSON value that shares nothing with it. */
export const copyJson = <T>(value: T): T => {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) {
    const items = new Array(value.length)
    for (let i = 0; i < value.length; i++) items[i] = copyJson(value[i])
    return items as T
  }
  const members: Record<string, unknown> = {}
  for (const key in value) members[key] = copyJson(value[key])
  return members as T
}

/** The same for a value that may be an Immer draft or hold drafts; the copy holds none. */
export const copyDrafted = <T>(value: T): T => {
  if (value === null || typeof value !== 'object') return value
  if (isDraft(value)) return current(value as object) as T
  if (Object.isFrozen(value)) return value
  if (Array.isArray(value)) return value.map(copyDrafted) as T
  const members: Record<string, unknown> = {}
  for (const key of Object.keys(value)) members[key] = copyDrafted((value as Record<string, unknown>)[key])
  return members as T
}
