import type { Json } from '../kernel/json.ts'
import { canonicalJson } from '../kernel/json.ts'

/** A command or condition that cannot be read. `at` is the offset of the trouble in `text`; `message` names it and the remedy. */
export class ScriptError extends Error {
  readonly text: string
  readonly at: number
  constructor(text: string, at: number, message: string) {
    super(`at character ${at + 1} of "${text}": ${message}`)
    this.name = 'ScriptError'
    this.text = text
    this.at = at
  }
}

const WORD = /[A-Za-z0-9_-]+/y
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![A-Za-z0-9_.-])/y
const SPACE = /\s*/y
const STRING = /"(?:[^"\\]|\\.)*"/y
const LITERALS: { readonly [word: string]: Json } = { true: true, false: false, null: null }

/** A cursor over one line of commands: words, numbers, quoted strings and signs. White space may stand between any two. */
export class Scanner {
  readonly text: string
  at = 0

  constructor(text: string) {
    this.text = text
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    return found
  }

  skipSpace(): void {
    this.at += this.match(SPACE)?.length ?? 0
  }

  get ended(): boolean {
    this.skipSpace()
    return this.at >= this.text.length
  }

  fail(message: string, at: number = this.at): never {
    throw new ScriptError(this.text, at, message)
  }

  /** True, and past it, when `sign` comes next. */
  eat(sign: string): boolean {
    this.skipSpace()
    if (!this.text.startsWith(sign, this.at)) return false
    this.at += sign.length
    return true
  }

  expect(sign: string, after: string): void {
    if (!this.eat(sign)) this.fail(`"${sign}" is missing after ${after}.`)
  }

  peekWord(): string | undefined {
    this.skipSpace()
    return this.match(WORD)
  }

  /** True, and past it, when the whole next word is `word`. */
  eatWord(word: string): boolean {
    if (this.peekWord() !== word) return false
    this.at += word.length
    return true
  }

  word(what: string): string {
    const found = this.peekWord()
    if (found === undefined) this.fail(`${what} is missing.`)
    this.at += found.length
    return found
  }

  /** A decimal number. */
  number(what: string): number {
    this.skipSpace()
    const found = this.match(/-?[0-9]+(?:\.[0-9]+)?/y)
    if (found === undefined) this.fail(`${what} must be a number.`)
    this.at += found.length
    return Number(found)
  }

  /** A JSON value; a bare word that is no number, `true`, `false` or `null` is a string. */
  value(what: string): Json {
    this.skipSpace()
    const start = this.at
    const next = this.text[start]
    if (next === '[' || next === '{') return this.structure(what)
    const literal = this.match(STRING) ?? this.match(NUMBER)
    if (literal !== undefined) {
      this.at += literal.length
      return this.json(literal, start)
    }
    const word = this.word(what)
    return Object.hasOwn(LITERALS, word) ? (LITERALS[word] ?? null) : word
  }

  private json(text: string, start: number): Json {
    try {
      return JSON.parse(text) as Json
    } catch {
      return this.fail(`${text} is not a JSON value.`, start)
    }
  }

  private structure(what: string): Json {
    const start = this.at
    let depth = 0
    while (this.at < this.text.length) {
      const string = this.match(STRING)
      const sign = this.text[this.at]
      this.at += string?.length ?? 1
      if (string !== undefined) continue
      if (sign === '[' || sign === '{') depth++
      if (sign === ']' || sign === '}') depth--
      if (depth === 0) return this.json(this.text.slice(start, this.at), start)
    }
    return this.fail(`${what} has a bracket that is never closed.`, start)
  }
}

const BARE = /^[A-Za-z0-9_-]+$/

/** The text of a value that `Scanner.value` reads back. */
export const printValue = (value: Json): string => {
  if (typeof value !== 'string') return canonicalJson(value)
  const bare = BARE.test(value) && !Object.hasOwn(LITERALS, value) && !/^-?[0-9]/.test(value)
  return bare ? value : JSON.stringify(value)
}
