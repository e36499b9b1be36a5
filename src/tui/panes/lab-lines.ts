import { type Line, lineWidth, type Span, toWidth, truncate } from '../line.ts'
import type { Style, Theme } from '../theme.ts'
import { timeLabel } from './axis.ts'

export interface GoalState {
  readonly say: string
  readonly reached: boolean
  /** Reached at the latest event. */
  readonly fresh: boolean
}

/** The goals, reached or not, in as many lines as needed: beside one another where they fit. */
export const goalLines = (goals: readonly GoalState[], width: number, theme: Theme): Line[] => {
  const label: Span = { text: 'goals  ', style: 'title' }
  const lines: Span[][] = []
  for (const { say, reached, fresh } of goals) {
    const sign: Span = reached ? { text: theme.glyph.ok, style: 'ok' } : { text: theme.glyph.goal, style: 'old' }
    const style: Style = fresh ? ['ok', 'strong'] : reached ? 'old' : 'plain'
    const words: Span[] = [sign, { text: ` ${say}`, style }]
    const last = lines.at(-1)
    if (last && lineWidth(last) + 3 + lineWidth(words) <= width) last.push({ text: '   ' }, ...words)
    else lines.push([last ? { text: ' '.repeat(lineWidth([label])) } : label, ...words])
  }
  return lines.map(spans => truncate(spans, width, theme))
}

export interface KnobState {
  readonly key: string | null
  readonly label: string
  readonly value: string
  /** Stands otherwise than at the start. */
  readonly turned: boolean
}

const knobSpans = (knobs: readonly KnobState[], labelled: boolean): Span[] =>
  knobs.flatMap(({ key, label, value, turned }, i): Span[] => [
    ...(i > 0 ? [{ text: labelled ? '   ' : '  ' }] : []),
    ...(key === null ? [] : [{ text: `${key} `, style: 'key' as const }]),
    ...(labelled ? [{ text: `${label} `, style: 'old' as const }] : []),
    { text: value, style: turned ? 'fresh' : 'plain' },
  ])

/** The switches with their values: `m policy CP   i idempotency keys off`; where that finds no room, without their names. */
export const knobLine = (knobs: readonly KnobState[], width: number, theme: Theme): Line => {
  const full = knobSpans(knobs, true)
  // A value with neither a key nor a name tells nothing.
  const withKeys = knobs.filter(({ key }) => key !== null)
  return lineWidth(full) <= width ? full : truncate(knobSpans(withKeys, false), width, theme)
}

export interface LogLine {
  readonly text: string
  readonly state: 'waiting' | 'done' | 'skipped'
  /** Why it was skipped. */
  readonly why: string
  readonly atUs: number | null
}

/** The last commands with what became of them; the latest at the bottom. */
export const logLines = (log: readonly LogLine[], width: number, rows: number, theme: Theme): Line[] =>
  log.slice(-Math.max(0, rows)).map(({ text, state, why, atUs }) => {
    const { glyph } = theme
    const signs: Readonly<Record<LogLine['state'], Span>> = {
      waiting: { text: glyph.open, style: 'old' },
      done: { text: glyph.ok, style: 'ok' },
      skipped: { text: glyph.bad, style: 'bad' },
    }
    const time = toWidth([{ text: atUs === null ? 'waits' : timeLabel(atUs, 1_000), style: 'old' }], 9, theme, 'right')
    const reason: Span[] = why === '' ? [] : [{ text: `  ${why}`, style: 'unknown' }]
    return truncate([...time, { text: ' ' }, signs[state], { text: ` ${text}` }, ...reason], width, theme)
  })
