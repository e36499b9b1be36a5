/** What the terminal and its user want. */
export interface Capabilities {
  /** Standard input and output are both a terminal that can be drawn on. */
  readonly interactive: boolean
  readonly colour: boolean
  /** False: only ASCII is shown. */
  readonly unicode: boolean
  /** Plain lines for a screen reader: no alternate screen, no pictures. */
  readonly screenReader: boolean
}

/** What `detectCapabilities` looks at. */
export interface Surroundings {
  readonly env: { readonly [name: string]: string | undefined }
  readonly stdinIsTerminal: boolean
  readonly stdoutIsTerminal: boolean
  readonly platform: string
  /** `--ascii`. */
  readonly ascii?: boolean
}

const isSet = (value: string | undefined): value is string => value !== undefined && value !== ''

/** The first of the locale's variables that is set decides (POSIX); none means the C locale. */
const localeIsUnicode = ({ env, platform }: Surroundings): boolean => {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find(isSet)
  if (locale !== undefined) return /utf-?8/i.test(locale)
  // Windows Terminal and the terminals of macOS speak UTF-8 without saying so.
  return platform === 'win32' || platform === 'darwin'
}

/** FORCE_COLOR overrides NO_COLOR (https://no-color.org), which overrides what the terminal is. */
const wantsColour = ({ env, stdoutIsTerminal }: Surroundings): boolean => {
  if (isSet(env.FORCE_COLOR)) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  if (isSet(env.NO_COLOR)) return false
  return stdoutIsTerminal && env.TERM !== 'dumb'
}

export const detectCapabilities = (surroundings: Surroundings): Capabilities => {
  const { env, stdinIsTerminal, stdoutIsTerminal, ascii } = surroundings
  const screenReader = env.INK_SCREEN_READER === 'true'
  return {
    interactive: stdinIsTerminal && stdoutIsTerminal && (env.TERM !== 'dumb' || screenReader),
    colour: wantsColour(surroundings) && !screenReader,
    unicode:
      !ascii &&
      !isSet(env.NETSPLIT_ASCII) &&
      env.TERM !== 'linux' &&
      env.TERM !== 'dumb' &&
      localeIsUnicode(surroundings),
    screenReader,
  }
}

/** The capabilities of the process's own terminal. */
export const capabilitiesOfProcess = (ascii = false): Capabilities =>
  detectCapabilities({
    env: process.env,
    stdinIsTerminal: process.stdin.isTTY === true,
    stdoutIsTerminal: process.stdout.isTTY === true,
    platform: process.platform,
    ascii,
  })
