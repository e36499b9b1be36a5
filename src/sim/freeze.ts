type Members = Readonly<Record<string, unknown>>

/**
 * Freezes all of `value` that is not part of `before`, its frozen predecessor. Immer's own deep freeze looks at every member of
 * every changed object and array; where a log of a thousand entries grew by one, comparing with the predecessor is far cheaper.
 */
export const freezeNew = <T>(value: T, before: unknown): T => {
  if (value === before || typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  const old = (typeof before === 'object' && before !== null ? before : {}) as Members
  if (Array.isArray(value)) {
    const items = old as unknown as readonly unknown[]
    for (let i = 0; i < value.length; i++) if (value[i] !== items[i]) freezeNew(value[i], items[i])
  } else {
    for (const key in value) if (value[key] !== old[key]) freezeNew(value[key], old[key])
  }
  return Object.freeze(value)
}
