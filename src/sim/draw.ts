import { fnv1a64, type Word64 } from './fnv.ts'
import { philox4x32 } from './philox.ts'

/** What a draw is for. Each purpose has a stream of its own; numbers are part of the run code's format and never reused. */
export const streams = {
  latency: 1,
  loss: 2,
  duplicate: 3,
  reorder: 4,
  reorderDelay: 5,
  sendOmission: 6,
  receiveOmission: 7,
  timer: 8,
  sync: 9,
  strategy: 10,
  secret: 11,
  keystream: 12,
} as const

const words = new Uint32Array(4)

/** The number of a link, a node or a message within a stream: the 64-bit FNV-1a hash of its name. */
export const subjectOf = (name: string): Word64 => fnv1a64(name)

/** 128 random bits, a pure function of (seed, stream, subject, ordinal). `out` gets four words. */
export const drawWords = (seed: number, stream: number, subject: Word64, ordinal: number, out: Uint32Array): void =>
  philox4x32(ordinal, subject.lo, subject.hi, stream, seed, Math.floor(seed / 0x100000000), out)

/**
 * A number strictly between 0 and 1 with 52 random bits, a pure function of (seed, stream, subject, ordinal): the latency
 * of the k-th message from n1 to n2 depends on nothing else, so a fault changes only what it causes.
 */
export const draw = (seed: number, stream: number, subject: Word64, ordinal: number): number => {
  drawWords(seed, stream, subject, ordinal, words)
  const high = (words[0] as number) >>> 6
  const low = (words[1] as number) >>> 6
  return (high * 0x4000000 + low + 0.5) / 0x10000000000000
}
