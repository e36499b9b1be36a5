import { plain } from '../wording.ts'
import { BadHistory } from './bad-history.ts'

/** An EDN value with the line on which it starts. */
export type Edn =
  | { readonly is: 'nil' | 'true' | 'false'; readonly line: number }
  | { readonly is: 'number' | 'string' | 'keyword' | 'symbol'; readonly text: string; readonly line: number }
  | { readonly is: 'list' | 'set'; readonly items: readonly Edn[]; readonly line: number }
  | { readonly is: 'map'; readonly entries: readonly (readonly [Edn, Edn])[]; readonly line: number }
  | { readonly is: 'tagged'; readonly tag: string; readonly value: Edn; readonly line: number }

const deepest = 100
const closers: { readonly [opener: string]: string } = { '(': ')', '[': ']', '{': '}', '#{': '}' }
const escapes: { readonly [letter: string]: string } = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '"': '"',
  '\\': '\\',
}
const token =
  /[\s,]+|;[^\n]*|#_|#\{|##[A-Za-z]+|\^|[()[\]{}]|"(?:[^"\\]|\\[\s\S])*"|\\(?:newline|space|tab|return|u[0-9a-fA-F]{4}|[\s\S])|#?[^\s,;()[\]{}"\\^]+/y

const unquote = (text: string): string =>
  text
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, code: string | undefined, letter: string | undefined) =>
      code === undefined ? (escapes[letter ?? ''] ?? letter ?? '') : String.fromCharCode(Number.parseInt(code, 16)),
    )

const atom = (text: string, line: number): Edn => {
  if (text === 'nil' || text === 'true' || text === 'false') return { is: text, line }
  if (text.startsWith('"')) return { is: 'string', text: unquote(text), line }
  if (text.startsWith(':')) return { is: 'keyword', text: text.slice(1), line }
  if (text.startsWith('\\')) return { is: 'string', text: text.slice(1), line }
  return { is: /^[+-]?\d/.test(text) ? 'number' : 'symbol', text, line }
}

/**
 * Reads EDN values, one after the other. Own code rather than the `edn-data` package, because that one reads a single value and
 * knows no line numbers, and a history is thousands of values of which one is wrong on some line.
 */
export class EdnReader {
  readonly #text: string
  readonly #file: string
  #at = 0
  #line = 1

  constructor(text: string, file: string) {
    this.#text = text
    this.#file = file
  }

  /** All values to the end of the text. @throws BadHistory with the line of what cannot be read. */
  *values(): Generator<Edn> {
    for (let next = this.#token(); next !== undefined; next = this.#token()) {
      const value = this.#value(next, 0)
      if (value !== undefined) yield value
    }
  }

  #fail(reason: string, line = this.#line): never {
    throw new BadHistory(this.#file, line, reason)
  }

  /** The next token that is no white space or comment. */
  #token(): { readonly text: string; readonly line: number } | undefined {
    while (this.#at < this.#text.length) {
      token.lastIndex = this.#at
      const text = token.exec(this.#text)?.[0]
      if (text === undefined || text === '') {
        const rest = this.#text.slice(this.#at, this.#at + 20)
        this.#fail(rest.startsWith('"') ? 'a string is not closed' : `cannot read ${plain(rest)}`)
      }
      const line = this.#line
      this.#at += text.length
      if (text.includes('\n')) this.#line += text.split('\n').length - 1
      if (!/^[\s,;]/.test(text)) return { text, line }
    }
    return undefined
  }

  /** The value that a token begins; undefined where it was discarded with `#_`. */
  #value({ text, line }: { readonly text: string; readonly line: number }, depth: number): Edn | undefined {
    if (depth > deepest) this.#fail(`values are nested more than ${deepest} deep`, line)
    if (text === '#_') {
      this.#one(line, depth)
      return undefined
    }
    if (text === '^') {
      this.#one(line, depth)
      return this.#one(line, depth)
    }
    const closer = closers[text]
    if (closer !== undefined) return this.#collection(text, closer, line, depth)
    if (/^[)\]}]$/.test(text)) this.#fail(`"${text}" closes nothing`, line)
    if (text.startsWith('#') && !text.startsWith('##')) {
      return { is: 'tagged', tag: text.slice(1), value: this.#one(line, depth), line }
    }
    return atom(text, line)
  }

  /** The next value, which has to be there. */
  #one(line: number, depth: number): Edn {
    for (let next = this.#token(); next !== undefined; next = this.#token()) {
      const value = this.#value(next, depth + 1)
      if (value !== undefined) return value
    }
    return this.#fail('the file ends in the middle of a value', line)
  }

  #collection(opener: string, closer: string, line: number, depth: number): Edn {
    const items: Edn[] = []
    for (;;) {
      const next = this.#token()
      if (next === undefined) this.#fail(`"${opener}" is never closed: the file ends in the middle of a value`, line)
      if (next.text === closer) break
      const value = this.#value(next, depth + 1)
      if (value !== undefined) items.push(value)
    }
    if (opener !== '{') return { is: opener === '#{' ? 'set' : 'list', items, line }
    if (items.length % 2 === 1) this.#fail('a map has a key without a value', line)
    const entries = items.flatMap((key, at) => (at % 2 === 0 ? [[key, items[at + 1] as Edn] as const] : []))
    return { is: 'map', entries, line }
  }
}
