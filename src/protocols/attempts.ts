import type { Call } from './client-wire.ts'

/**
 * The latest attempts that a node took and turned away, as `alice#3/1`. A refusal promises that the attempt never takes effect: so a
 * copy of it that the network made must be refused too, and a copy of one that was taken must not be. It belongs on disk, for a promise
 * must outlast a crash. Values are replaced, never changed.
 */
export type Attempts = { readonly taken: readonly string[]; readonly refused: readonly string[] }

export const noAttempts: Attempts = { taken: [], refused: [] }

/** A copy that comes later than so many other attempts is no longer known. */
const kept = 64

const nameOf = ({ op, attempt }: Call): string => `${op}/${attempt}`

const added = (names: readonly string[], name: string): readonly string[] =>
  names.includes(name) ? names : [...names, name].slice(-kept)

export const wasTaken = ({ taken }: Attempts, call: Call): boolean => taken.includes(nameOf(call))

export const wasRefused = ({ refused }: Attempts, call: Call): boolean => refused.includes(nameOf(call))

export const withTaken = ({ taken, refused }: Attempts, call: Call): Attempts => ({
  taken: added(taken, nameOf(call)),
  refused,
})

export const withRefused = ({ taken, refused }: Attempts, call: Call): Attempts => ({
  taken,
  refused: added(refused, nameOf(call)),
})
