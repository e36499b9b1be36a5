import { describe, expect, it } from 'vitest'
import { type Capabilities, detectCapabilities, type Surroundings } from '../../../src/tui/terminal/capabilities.ts'

const detect = (env: Surroundings['env'], more: Partial<Surroundings> = {}): Capabilities =>
  detectCapabilities({ env, stdinIsTerminal: true, stdoutIsTerminal: true, platform: 'linux', ...more })

describe('colour', () => {
  it.each([
    ['a terminal', { TERM: 'xterm' }, true],
    ['NO_COLOR', { TERM: 'xterm', NO_COLOR: '1' }, false],
    ['an empty NO_COLOR, which says nothing', { TERM: 'xterm', NO_COLOR: '' }, true],
    ['FORCE_COLOR over NO_COLOR', { TERM: 'xterm', NO_COLOR: '1', FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0', { TERM: 'xterm', FORCE_COLOR: '0' }, false],
    ['a dumb terminal', { TERM: 'dumb' }, false],
    ['a screen reader', { TERM: 'xterm', INK_SCREEN_READER: 'true' }, false],
  ])('%s', (_, env, colour) => {
    expect(detect(env).colour).toBe(colour)
  })

  it('is not for a pipe, unless forced', () => {
    expect(detect({}, { stdoutIsTerminal: false }).colour).toBe(false)
    expect(detect({ FORCE_COLOR: '1' }, { stdoutIsTerminal: false }).colour).toBe(true)
  })
})

describe('Unicode', () => {
  it.each([
    ['a UTF-8 locale', { LANG: 'en_US.UTF-8' }, true],
    ['spelt otherwise', { LANG: 'de_DE.utf8' }, true],
    ['LC_ALL over LANG', { LC_ALL: 'C', LANG: 'en_US.UTF-8' }, false],
    ['LC_CTYPE over LANG', { LC_CTYPE: 'C.UTF-8', LANG: 'C' }, true],
    ['an empty LC_ALL, which says nothing', { LC_ALL: '', LANG: 'C.UTF-8' }, true],
    ['Latin-1', { LANG: 'de_DE.ISO-8859-1' }, false],
    ['no locale', {}, false],
    ['the console of Linux, which has no braille', { LANG: 'C.UTF-8', TERM: 'linux' }, false],
    ['NETSPLIT_ASCII', { LANG: 'C.UTF-8', NETSPLIT_ASCII: '1' }, false],
  ])('%s', (_, env, unicode) => {
    expect(detect(env).unicode).toBe(unicode)
  })

  it('is refused by --ascii, and assumed where no locale is set by custom', () => {
    expect(detect({ LANG: 'C.UTF-8' }, { ascii: true }).unicode).toBe(false)
    expect(detect({}, { platform: 'darwin' }).unicode).toBe(true)
    expect(detect({}, { platform: 'win32' }).unicode).toBe(true)
  })
})

describe('the screen', () => {
  it('needs a terminal on both sides', () => {
    expect(detect({}).interactive).toBe(true)
    expect(detect({}, { stdinIsTerminal: false }).interactive).toBe(false)
    expect(detect({}, { stdoutIsTerminal: false }).interactive).toBe(false)
    expect(detect({ TERM: 'dumb' }).interactive).toBe(false)
  })

  it('is read out when INK_SCREEN_READER says so', () => {
    expect(detect({ INK_SCREEN_READER: 'true' }).screenReader).toBe(true)
    expect(detect({}).screenReader).toBe(false)
  })
})
