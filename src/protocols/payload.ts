/**
 * What an answer weighs and what it costs to make and to read: a model, with the constants of one measurement.
 *
 * `bench/payload.ts` measures them: zlib (level 6), JSON.stringify and JSON.parse of Node on one core of a machine of 2024, over generated
 * records with ids, names, dates and tags. Machines differ by a factor of two or three either way; what lasts is the shape. A call of gzip has a
 * fixed cost, so a short message is dear; it finds little to leave out in one, and adds 18 bytes of frame (RFC 1952) and its code tables
 * (RFC 1951). What looks random, an image that is compressed already or a sealed message, it cannot shrink at all.
 *
 * The binary format stands for Protocol Buffers and the like: no names of members, numbers as numbers, bytes without base64. That it takes
 * half the bytes of JSON records and a quarter of the processor time is an assumption, not a measurement. So is that gzip, which finds what
 * is told twice, brings both to the same size.
 */

/** What bytes are made of: records as JSON, prose, a picture as base64 text, or bytes that look random (images, sealed messages). */
export const CONTENTS = ['json', 'text', 'base64', 'sealed'] as const
export type Content = (typeof CONTENTS)[number]
export type Format = 'json' | 'binary'

/** A part of an answer, uncompressed. */
export interface Part {
  readonly content: Content
  readonly bytes: number
}

/** Bytes before and after gzip, as measured; straight lines between, the last slope beyond. */
const GZIPPED: { readonly [content in Content]: readonly (readonly [before: number, after: number])[] } = {
  json: [
    [0, 20],
    [200, 164],
    [1000, 352],
    [4000, 973],
    [20_000, 3727],
    [200_000, 32_776],
  ],
  text: [
    [0, 20],
    [200, 121],
    [1000, 376],
    [4000, 1245],
    [20_000, 5467],
    [200_000, 50_184],
  ],
  base64: [
    [0, 20],
    [200, 199],
    [1000, 796],
    [200_000, 150_678],
  ],
  sealed: [
    [0, 23],
    [200, 223],
    [200_000, 200_083],
  ],
}

/** Share of the JSON form's bytes that the binary form takes. */
const BINARY_SHARE: { readonly [content in Content]: number } = { json: 0.5, text: 1, base64: 0.75, sealed: 1 }

/** Processor time for a byte, nanoseconds. */
const WRITE_NS: { readonly [content in Content]: number } = { json: 3.3, text: 3.3, base64: 1.4, sealed: 0.1 }
const READ_NS: { readonly [content in Content]: number } = { json: 4.8, text: 4.8, base64: 0.4, sealed: 0.1 }
const BINARY_NS_SHARE = 0.25
const GZIP_CALL_NS = 15_000
const GZIP_NS = 15
const GUNZIP_CALL_NS = 6000
const GUNZIP_NS = 1.3

const gzipped = (content: Content, bytes: number): number => {
  const points = GZIPPED[content]
  const at = points.findIndex(([before]) => before >= bytes)
  const last = at < 0 ? points.length - 1 : Math.max(1, at)
  const [x0, y0] = points[last - 1] ?? [0, 0]
  const [x1, y1] = points[last] ?? [1, 1]
  return Math.ceil(y0 + ((bytes - x0) * (y1 - y0)) / (x1 - x0))
}

/** Bytes after gzip of a part that takes `bytes` in its format and `given` as JSON. */
const zipped = (content: Content, bytes: number, given: number): number =>
  // Base64 of random bytes, freed from its text form, is random.
  content === 'base64' && bytes < given
    ? gzipped('sealed', bytes)
    : Math.min(gzipped(content, given), gzipped('sealed', bytes))

/** An answer's body, encoded. */
export interface Encoded {
  /** On the wire. */
  readonly bytes: number
  /** Before it was compressed. */
  readonly raw: number
  /** Processor time of whoever writes it, and of whoever reads it, nanoseconds. */
  readonly writeNs: number
  readonly readNs: number
}

const sum = <One>(parts: readonly One[], of: (part: One) => number): number =>
  parts.reduce((total, part) => total + of(part), 0)

/** The parts in this format, compressed or not. Nothing costs nothing: an answer without a body is not encoded. */
export const encode = (given: readonly Part[], format: Format, gzip: boolean): Encoded => {
  const binary = format === 'binary'
  const parts = given
    .filter(({ bytes }) => bytes > 0)
    .map(({ content, bytes }) => ({
      content,
      given: bytes,
      bytes: binary ? Math.ceil(bytes * BINARY_SHARE[content]) : bytes,
    }))
  const raw = sum(parts, ({ bytes }) => bytes)
  const share = binary ? BINARY_NS_SHARE : 1
  const writeNs = sum(parts, ({ content, bytes }) => bytes * WRITE_NS[content] * share)
  const readNs = sum(parts, ({ content, bytes }) => bytes * READ_NS[content] * share)
  if (!gzip || raw === 0) return { bytes: raw, raw, writeNs, readNs }
  // One stream has one frame, however many parts.
  const frames = 20 * (parts.length - 1)
  const bytes = sum(parts, part => zipped(part.content, part.bytes, part.given)) - frames
  return {
    bytes,
    raw,
    writeNs: writeNs + GZIP_CALL_NS + raw * GZIP_NS,
    readNs: readNs + GUNZIP_CALL_NS + raw * GUNZIP_NS,
  }
}
