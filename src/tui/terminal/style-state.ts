/**
 * A style as the parameters of the SGR sequence that sets it from plain, always in the same order: `''` is plain,
 * `'1;36'` is bold cyan. Equal styles are equal strings.
 */
export type StyleState = string

interface Attributes {
  readonly intensity: readonly string[]
  readonly flags: readonly string[]
  readonly foreground: string
  readonly background: string
}

const PLAIN: Attributes = { intensity: [], flags: [], foreground: '', background: '' }

/** Flags that are set by the first code and ended by the second. */
const FLAG_ENDS: Readonly<Record<string, string>> = { '3': '23', '4': '24', '5': '25', '7': '27', '8': '28', '9': '29' }
const ENDS = new Map(Object.entries(FLAG_ENDS).map(([start, end]) => [end, start]))

const isForeground = (code: number): boolean => (code >= 30 && code <= 37) || (code >= 90 && code <= 97)
const isBackground = (code: number): boolean => (code >= 40 && code <= 47) || (code >= 100 && code <= 107)

const withFlag = (list: readonly string[], flag: string): readonly string[] =>
  list.includes(flag) ? list : [...list, flag].sort()

const applySimple = (style: Attributes, text: string): Attributes => {
  const code = Number(text)
  if (code === 0) return PLAIN
  if (code === 1 || code === 2) return { ...style, intensity: withFlag(style.intensity, String(code)) }
  if (code === 22) return { ...style, intensity: [] }
  if (code === 39) return { ...style, foreground: '' }
  if (code === 49) return { ...style, background: '' }
  if (isForeground(code)) return { ...style, foreground: String(code) }
  if (isBackground(code)) return { ...style, background: String(code) }
  const flag = String(code)
  const ended = ENDS.get(flag)
  if (ended !== undefined) return { ...style, flags: style.flags.filter(other => other !== ended) }
  return flag in FLAG_ENDS ? { ...style, flags: withFlag(style.flags, flag) } : style
}

const applyAll = (style: Attributes, parameters: readonly string[]): Attributes => {
  let result = style
  for (let i = 0; i < parameters.length; i++) {
    const code = parameters[i] ?? ''
    if (code !== '38' && code !== '48') {
      result = applySimple(result, code)
      continue
    }
    const length = parameters[i + 1] === '5' ? 3 : 5
    const colour = parameters.slice(i, i + length).join(';')
    result = code === '38' ? { ...result, foreground: colour } : { ...result, background: colour }
    i += length - 1
  }
  return result
}

const MAX_KNOWN = 2000
const attributes = new Map<StyleState, Attributes>([['', PLAIN]])
const steps = new Map<string, StyleState>()

const nameOf = (style: Attributes): StyleState => {
  const name = [...style.intensity, ...style.flags, style.foreground, style.background].filter(Boolean).join(';')
  attributes.set(name, style)
  return name
}

/** The style after an SGR sequence with these parameters (`1;36`; the empty string resets). */
export const applySgr = (style: StyleState, parameters: string): StyleState => {
  const key = `${style}m${parameters}`
  const known = steps.get(key)
  if (known !== undefined) return known
  const before = attributes.get(style) ?? applyAll(PLAIN, style.split(';'))
  if (steps.size >= MAX_KNOWN) {
    steps.clear()
    attributes.clear()
  }
  const next = nameOf(applyAll(before, parameters.split(';')))
  steps.set(key, next)
  return next
}

/** What to write in order to draw in `to` after `from`. */
export const changeStyle = (from: StyleState, to: StyleState): string => {
  if (from === to) return ''
  if (from === '') return `\x1b[${to}m`
  return to === '' ? '\x1b[m' : `\x1b[0;${to}m`
}
