import type { NodeId } from '../kernel/ids.ts'
import { canonicalJson, type Json } from '../kernel/json.ts'
import type { Sealed, Signed } from '../kernel/signature.ts'
import { drawWords, streams, subjectOf } from './draw.ts'
import { toHex, type Word64 } from './fnv.ts'
import { sipHash } from './siphash.ts'

/** A secret of this run: of a node, or of the boxes. Protocols and strategies see neither it nor the seed. */
const secretOf = (seed: number, owner: string): [Word64, Word64] => {
  const words = new Uint32Array(4)
  drawWords(seed, streams.secret, subjectOf(owner), 0, words)
  const [a = 0, b = 0, c = 0, d = 0] = words
  return [
    { hi: a, lo: b },
    { hi: c, lo: d },
  ]
}

const bytesOf = (text: string): number[] => {
  const bytes: number[] = []
  for (let i = 0; i < text.length; i++) bytes.push(text.charCodeAt(i) & 0xff, text.charCodeAt(i) >>> 8)
  return bytes
}

const tagOf = (seed: number, owner: string, text: string): string =>
  toHex(sipHash(secretOf(seed, owner), bytesOf(text)))

/** Signs as `signer`. The simulator calls it for a node's own outbox only. */
export const sign = <P extends Json>(seed: number, signer: NodeId, payload: P): Signed<P> => ({
  signer,
  payload,
  tag: tagOf(seed, `sign ${signer}`, canonicalJson(payload)),
})

/** True when `signed` was made by the outbox of the signer that it names, for this very payload. Never throws. */
export const verify = (seed: number, signed: Signed<Json>): boolean =>
  typeof signed === 'object' &&
  signed !== null &&
  typeof signed.signer === 'string' &&
  signed.tag === tagOf(seed, `sign ${signed.signer}`, canonicalJson(signed.payload))

/** Encrypts or decrypts UTF-16 units with a Philox key stream in counter mode; `nonce` must not come twice. */
const xorKeystream = (seed: number, nonce: string, units: readonly number[]): number[] => {
  const subject = subjectOf(nonce)
  const [key] = secretOf(seed, 'box')
  const words = new Uint32Array(4)
  return units.map((unit, at) => {
    if (at % 8 === 0) drawWords(key.lo, streams.keystream, { hi: subject.hi ^ key.hi, lo: subject.lo }, at / 8, words)
    const word = words[(at % 8) >> 1] as number
    return unit ^ (at % 2 === 0 ? word & 0xffff : word >>> 16)
  })
}

const hexOfUnits = (units: readonly number[]): string => units.map(unit => unit.toString(16).padStart(4, '0')).join('')

const boxTag = (seed: number, readers: readonly NodeId[], nonce: string, cipher: string): string =>
  tagOf(seed, 'box tag', canonicalJson([readers, nonce, cipher]))

/** Puts a payload into a box for these readers. `nonce` names the box within the run: its maker and a count. */
export const seal = <P extends Json>(
  seed: number,
  readers: readonly NodeId[],
  nonce: string,
  payload: P,
): Sealed<P> => {
  const text = canonicalJson(payload)
  const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))
  const cipher = hexOfUnits(xorKeystream(seed, nonce, units))
  return { readers: [...readers], box: [nonce, cipher, boxTag(seed, readers, nonce, cipher)].join(' ') }
}

/** The payload of a box for this reader; undefined for others, and when readers or content were tampered with. */
export const open = <P extends Json>(seed: number, reader: NodeId, sealed: Sealed<P>): P | undefined => {
  if (typeof sealed !== 'object' || sealed === null || !Array.isArray(sealed.readers)) return undefined
  if (typeof sealed.box !== 'string' || !sealed.readers.includes(reader)) return undefined
  const [nonce = '', cipher = '', tag] = sealed.box.split(' ')
  if (tag !== boxTag(seed, sealed.readers, nonce, cipher)) return undefined
  const units = (cipher.match(/.{4}/g) ?? []).map(digits => Number.parseInt(digits, 16))
  return JSON.parse(
    xorKeystream(seed, nonce, units)
      .map(unit => String.fromCharCode(unit))
      .join(''),
  )
}
