import { randomBytes } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'

// The measurement behind the constants of src/protocols/payload.ts. Chance fills the samples; their shape is what counts.

const WORDS =
  'the of and to in is that for it as was with be by on not he his but at are this have from or had an they which one'.split(
    ' ',
  )
let state = 1
const next = (below: number): number => {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
  return Math.floor((state / 2_147_483_648) * below)
}
const word = (): string => WORDS[next(WORDS.length)] ?? ''

const record = (id: number): object => ({
  id,
  name: `${word()} ${word()}`,
  email: `${word()}.${word()}${id}@example.com`,
  active: next(2) === 1,
  createdAt: `2026-0${1 + next(9)}-1${next(9)}T0${next(9)}:1${next(9)}:00Z`,
  city: word(),
  score: next(1000),
  tags: [word(), word()],
})

const filled = (bytes: number, part: (at: number) => string): Buffer => {
  let text = ''
  for (let at = 0; text.length < bytes; at += 1) text += part(at)
  return Buffer.from(text).subarray(0, bytes)
}

const samples: { readonly [content: string]: (bytes: number) => Buffer } = {
  json: bytes => filled(bytes, at => JSON.stringify(record(at))),
  text: bytes => filled(bytes, () => `${word()} `),
  base64: bytes => Buffer.from(randomBytes(bytes).toString('base64')).subarray(0, bytes),
  sealed: bytes => randomBytes(bytes),
}

/** Nanoseconds a byte, over a fifth of a second. */
const perByte = (work: () => void, bytes: number): string => {
  work()
  const start = performance.now()
  let times = 0
  for (; performance.now() - start < 200; times += 1) work()
  return (((performance.now() - start) * 1e6) / times / bytes).toFixed(1)
}

/** Sizes before and after gzip, and the processor time of making and reading answers. */
export const main = (_args: readonly string[]): void => {
  for (const [content, sample] of Object.entries(samples))
    for (const bytes of [200, 1000, 4000, 20_000, 200_000]) {
      const plain = sample(bytes)
      const zipped = gzipSync(plain)
      console.log(
        `${content} ${bytes} -> ${zipped.length}; gzip ${perByte(() => gzipSync(plain), bytes)} ns/B,`,
        `gunzip ${perByte(() => gunzipSync(zipped), bytes)} ns/B`,
      )
    }
  const list = Array.from({ length: 2000 }, (_, id) => record(id))
  const text = JSON.stringify(list)
  console.log(`stringify ${perByte(() => JSON.stringify(list), text.length)} ns/B`)
  console.log(`parse ${perByte(() => JSON.parse(text), text.length)} ns/B`)
}
