import type { TerminalInput } from './key.ts'
import { KeyParser } from './keys.ts'

/** How long the rest of an escape sequence may take; a slow link splits one, a lone escape must not feel slow. */
export const SEQUENCE_TIMEOUT_MS = 80
/** A paste whose end never comes must not swallow the keyboard. */
export const PASTE_TIMEOUT_MS = 1000

/** Calls `expired` after `delayMs`; the result calls it off. */
export type Timer = (expired: () => void, delayMs: number) => () => void

export const systemTimer: Timer = (expired, delayMs) => {
  const timeout = setTimeout(expired, delayMs)
  return () => clearTimeout(timeout)
}

/** Feeds a parser and ends what stays unfinished for too long. */
export class KeyReader {
  #parser = new KeyParser()
  #callOff: (() => void) | undefined
  readonly #deliver: (input: TerminalInput) => void
  readonly #timer: Timer

  constructor(deliver: (input: TerminalInput) => void, timer: Timer = systemTimer) {
    this.#deliver = deliver
    this.#timer = timer
  }

  read(bytes: Uint8Array): void {
    this.stop()
    const inputs = this.#parser.feed(bytes)
    const awaited = this.#parser.awaited
    if (awaited !== 'nothing') {
      const delayMs = awaited === 'paste' ? PASTE_TIMEOUT_MS : SEQUENCE_TIMEOUT_MS
      this.#callOff = this.#timer(() => this.#expire(), delayMs)
    }
    for (const input of inputs) this.#deliver(input)
  }

  /** Forgets the timer, so that nothing is delivered afterwards. */
  stop(): void {
    this.#callOff?.()
    this.#callOff = undefined
  }

  #expire(): void {
    this.#callOff = undefined
    for (const input of this.#parser.flush()) this.#deliver(input)
  }
}
