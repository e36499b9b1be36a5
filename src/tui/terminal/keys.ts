import { StringDecoder } from 'node:string_decoder'
import { characterKey, type TerminalInput } from './key.ts'
import { keyOfControlSequence, keyOfSingleShift } from './sequences.ts'

const ESC = '\x1b'
const PASTE_END = '\x1b[201~'
/** Pasted text beyond this many UTF-16 units is dropped. */
const MAX_PASTE = 65_536
/** A control sequence longer than this is no key; its rest is still swallowed. */
const MAX_SEQUENCE = 64
/** `CSI M` of an old mouse protocol is followed by this many characters. */
const MOUSE_REPORT_LENGTH = 3

type State = 'ground' | 'escape' | 'control' | 'single-shift' | 'mouse' | 'string' | 'string-escape' | 'paste'

/** Sequences that run up to ST (or BEL): OSC, DCS, APC, PM, SOS. Terminals send them as answers to queries. */
const STRING_OPENERS = ']P_^X'

/** What the parser waits for: more of a sequence (or a lone escape), more of a paste, or nothing. */
export type Awaited = 'nothing' | 'sequence' | 'paste'

/**
 * Turns the bytes of a terminal into keys and pastes, one character at a time, so that the chunks in which they arrive
 * make no difference. A lone escape and an unfinished sequence wait until `flush`, which the owner calls when nothing
 * has come for a while. Sequences that are no key vanish.
 */
export class KeyParser {
  #decoder = new StringDecoder('utf8')
  #state: State = 'ground'
  #body = ''
  #left = 0
  #pasted = ''
  #pasteTail = ''
  #pasteCut = false
  #inputs: TerminalInput[] = []

  get awaited(): Awaited {
    if (this.#state === 'ground') return 'nothing'
    return this.#state === 'paste' ? 'paste' : 'sequence'
  }

  feed(bytes: Uint8Array): TerminalInput[] {
    const text = this.#decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    let index = 0
    while (index < text.length) {
      if (this.#state === 'paste') {
        index = this.#paste(text, index)
        continue
      }
      const character = String.fromCodePoint(text.codePointAt(index) ?? 0)
      index += character.length
      this.#step(character)
    }
    return this.#take()
  }

  /** Ends whatever is unfinished: an escape becomes the escape key, `ESC [` becomes alt+[, a paste is delivered. */
  flush(): TerminalInput[] {
    const state = this.#state
    this.#state = 'ground'
    if (state === 'escape') this.#character('\x1b', false)
    else if (state === 'control' && this.#body === '') this.#character('[', true)
    else if (state === 'single-shift') this.#character('O', true)
    else if (state === 'string' && this.#body.length === 1) this.#character(this.#body, true)
    else if (state === 'paste') this.#endPaste(this.#pasteTail)
    return this.#take()
  }

  #take(): TerminalInput[] {
    const inputs = this.#inputs
    this.#inputs = []
    return inputs
  }

  #character(character: string, alt: boolean): void {
    const key = characterKey(character.codePointAt(0) ?? 0, alt ? 2 : 0)
    if (key) this.#inputs.push({ kind: 'key', key })
  }

  #step(character: string): void {
    switch (this.#state) {
      case 'ground':
        if (character === ESC) this.#state = 'escape'
        else this.#character(character, false)
        return
      case 'escape':
        this.#afterEscape(character)
        return
      case 'control':
        this.#inControl(character)
        return
      case 'single-shift':
        this.#afterSingleShift(character)
        return
      case 'mouse':
        if (--this.#left === 0) this.#state = 'ground'
        return
      case 'string':
        if (character === '\x07') this.#state = 'ground'
        else if (character === ESC) this.#state = 'string-escape'
        else if (this.#body.length < 2) this.#body += character
        return
      case 'string-escape':
        this.#state = character === '\\' ? 'ground' : 'escape'
        if (character !== '\\') this.#afterEscape(character)
        return
      case 'paste':
        return
    }
  }

  #afterEscape(character: string): void {
    this.#body = ''
    if (character === '[') this.#state = 'control'
    else if (character === 'O') this.#state = 'single-shift'
    else if (character === ESC) this.#character(ESC, false)
    else if (STRING_OPENERS.includes(character)) {
      this.#state = 'string'
      this.#body = character
    } else {
      this.#state = 'ground'
      this.#character(character, true)
    }
  }

  #afterSingleShift(character: string): void {
    this.#state = 'ground'
    if (character === ESC) {
      this.#state = 'escape'
      return
    }
    const key = keyOfSingleShift(character)
    if (key) this.#inputs.push({ kind: 'key', key })
  }

  #inControl(character: string): void {
    const code = character.charCodeAt(0)
    if (code >= 0x20 && code <= 0x3f) {
      if (this.#body.length <= MAX_SEQUENCE) this.#body += character
      return
    }
    if (code < 0x40 || code > 0x7e) {
      // Cut off by something else, which counts.
      this.#state = 'ground'
      this.#step(character)
      return
    }
    // The console of Linux sends its function keys as `CSI [ A` to `CSI [ E`.
    if (character === '[' && this.#body === '') {
      this.#body = '['
      return
    }
    this.#endControl(character)
  }

  #endControl(final: string): void {
    this.#state = 'ground'
    if (final === '~' && this.#body === '200') {
      this.#state = 'paste'
      this.#pasted = ''
      this.#pasteTail = ''
      this.#pasteCut = false
      return
    }
    if (final === 'M' && this.#body === '') {
      this.#state = 'mouse'
      this.#left = MOUSE_REPORT_LENGTH
      return
    }
    const linuxFunctionKey = this.#body === '[' ? 'ABCDE'.indexOf(final) : -1
    const key =
      linuxFunctionKey >= 0
        ? { id: `f${linuxFunctionKey + 1}` }
        : this.#body.length > MAX_SEQUENCE
          ? undefined
          : keyOfControlSequence(this.#body, final)
    if (key) this.#inputs.push({ kind: 'key', key })
  }

  /** Takes in pasted text from `index` on; returns where to go on. The end mark may come in pieces. */
  #paste(text: string, index: number): number {
    const joined = this.#pasteTail + text.slice(index)
    const end = joined.indexOf(PASTE_END)
    if (end < 0) {
      const kept = Math.max(0, joined.length - PASTE_END.length + 1)
      this.#keepPasted(joined.slice(0, kept))
      this.#pasteTail = joined.slice(kept)
      return text.length
    }
    const consumed = end + PASTE_END.length - this.#pasteTail.length
    this.#endPaste(joined.slice(0, end))
    return index + consumed
  }

  #keepPasted(text: string): void {
    const room = MAX_PASTE - this.#pasted.length
    if (text.length > room) this.#pasteCut = true
    if (room > 0) this.#pasted += text.slice(0, room)
  }

  #endPaste(rest: string): void {
    this.#state = 'ground'
    this.#keepPasted(rest)
    const text = this.#pasted.replace(/\r\n?/g, '\n')
    this.#inputs.push({ kind: 'paste', text, cut: this.#pasteCut })
    this.#pasted = ''
    this.#pasteTail = ''
  }
}
