import { canonicalJson, type Json } from '../kernel/json.ts'
import type { Operation } from '../kernel/operation.ts'
import { casInput, casMissed } from './model.ts'
import { accesses } from './transaction.ts'

/** How an explanation speaks of time. */
export interface Wording {
  /** `at 1.42 s`, `at line 17`. */
  at(us: number): string
}

/** Simulated time in seconds: at least two decimals, more where they matter. */
export const inSeconds: Wording = {
  at: us => {
    const seconds = us / 1e6
    const short = seconds.toFixed(2)
    return `at ${Math.abs(Number(short) - seconds) < 5e-7 ? short : seconds.toFixed(3)} s`
  },
}

/** For histories whose only clock is the order of the lines of a file. */
export const inLines: Wording = { at: line => `at line ${line}` }

/** For files with several records a line: the place of the record. */
export const inRecords: Wording = { at: record => `at record ${record}` }

const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
const longest = 60

/** Text from outside made safe to show: no control or direction characters, not too long. */
export const plain = (text: string): string => {
  const safe = text.replace(unprintable, '\u00b7')
  return safe.length <= longest ? safe : `${safe.slice(0, longest - 12)}\u2026${safe.slice(-11)}`
}

/** A value as a learner sees it: `nil`, `2`, `"a b"`. */
export const shown = (value: Json | undefined): string => {
  if (value === null || value === undefined) return 'nil'
  if (typeof value === 'string') return plain(/^[\w.:-]+$/.test(value) ? value : JSON.stringify(value))
  return plain(canonicalJson(value))
}

/** A client's name at the start of a sentence: `Alice`, `Process 3`. */
export const named = (client: string): string => {
  if (/^\d+$/.test(client)) return `Process ${client}`
  const safe = plain(client)
  // alice is a name, n4 is a label on the screen.
  return /\d/.test(safe) ? safe : safe.charAt(0).toUpperCase() + safe.slice(1)
}

/** What an operation did, as the rest of a sentence that starts with the client: `read 1`, `wrote 2`. */
export const deed = (op: Operation): string => {
  const unsure = op.outcome === 'unknown'
  switch (op.kind) {
    case 'read':
    case 'get':
      return unsure ? 'asked to read' : `read ${op.kind === 'get' ? shown(op.output ?? '') : shown(op.output)}`
    case 'write':
    case 'put':
      return `${unsure ? 'asked to write' : 'wrote'} ${shown(op.input)}`
    case 'append':
      return `${unsure ? 'asked to append' : 'appended'} ${shown(op.input)}`
    case 'add':
      return `${unsure ? 'asked to add' : 'added'} ${shown(op.input)}`
    case 'cas': {
      const { from, to } = casInput(op)
      if (casMissed(op)) return `found something other than ${shown(from)} (a cas that failed)`
      return `${unsure ? 'asked to swap' : 'swapped'} ${shown(from)} for ${shown(to)}`
    }
    case 'txn':
      return `${unsure ? 'asked for' : 'committed'} ${accesses(op)
        .map(({ f, key, value }) => `${f === 'w' ? 'write' : 'read'} ${plain(key)}=${shown(value)}`)
        .join(', ')}`
  }
}
