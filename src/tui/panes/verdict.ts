import { wrap } from '../layout.ts'
import { blankLine, type Line, lineWidth, type Span, spread, truncate } from '../line.ts'
import type { Style, Theme } from '../theme.ts'
import { timeLabel } from './axis.ts'
import type { PaneSize } from './pane-size.ts'
import type { Answer, Finding, Judgement, Score, VerdictView } from './verdict-view.ts'

const SIGNS: Readonly<
  Record<Answer, { readonly sign: 'ok' | 'bad' | 'unknown'; readonly style: Style; readonly word: string }>
> = {
  holds: { sign: 'ok', style: 'ok', word: 'so far' },
  violated: { sign: 'bad', style: 'bad', word: 'no' },
  unknown: { sign: 'unknown', style: 'unknown', word: 'open' },
}

const WIDEST = 46

const judgementLine = ({ question, answer, words }: Judgement, column: number, width: number, theme: Theme): Line => {
  const { sign, style, word } = SIGNS[answer]
  return truncate(
    [
      { text: question.padEnd(column) },
      { text: ` ${theme.glyph[sign]} `, style },
      { text: words === '' ? word : words, style: answer === 'holds' ? 'old' : style },
    ],
    width,
    theme,
  )
}

const scoreLine = ({ label, count, harm, fresh }: Score, width: number, theme: Theme): Line => {
  const style: Style = count === 0 ? 'old' : harm ? (fresh ? ['bad', 'strong'] : 'bad') : fresh ? 'fresh' : 'plain'
  return spread([{ text: label, style: count === 0 ? 'old' : 'plain' }], [{ text: String(count), style }], width, theme)
}

/** Scores in as few rows as fit: two beside each other where the pane is wide. */
const scoreLines = (scores: readonly Score[], width: number, theme: Theme): Line[] => {
  const widest = Math.max(0, ...scores.map(({ label }) => label.length)) + 5
  const gap: Span = { text: '    ' }
  if (width < 2 * widest + 4) return scores.map(score => scoreLine(score, Math.min(width, WIDEST), theme))
  const half = Math.ceil(scores.length / 2)
  const each = Math.min(Math.floor((width - 4) / 2), 32)
  return scores.slice(0, half).map((score, i) => {
    const other = scores[half + i]
    return [...scoreLine(score, each, theme), gap, ...(other ? scoreLine(other, each, theme) : [])]
  })
}

/** Name and time of a finding: `✗ stale-read   1.420 s`; `◆` where it does no harm by itself, `?` while it is not final. */
export const findingLine = (finding: Finding, selected: boolean, width: number, theme: Theme): Line => {
  const { glyph } = theme
  const known: Span = finding.harm ? { text: glyph.bad, style: 'bad' } : { text: glyph.note, style: 'accent' }
  const sign: Span = finding.final ? known : { text: glyph.unknown, style: 'unknown' }
  const name: Span = { text: finding.name, style: selected ? ['accent', 'strong'] : 'plain' }
  const pointer: Span = { text: selected ? `${glyph.pointer} ` : '  ', style: 'accent' }
  return spread(
    [pointer, sign, { text: ' ' }, name],
    [{ text: timeLabel(finding.atUs, 1_000), style: 'old' }],
    width,
    theme,
  )
}

/** The findings around the selected one, in so many rows. */
const findingLines = (view: VerdictView, rows: number, width: number, theme: Theme): Line[] => {
  const { findings } = view
  const chosen = view.selected ?? findings.length - 1
  const first = Math.max(0, Math.min(chosen - Math.floor(rows / 2), findings.length - rows))
  return findings
    .slice(first, first + rows)
    .map((finding, i) => findingLine(finding, first + i === chosen, Math.min(width, WIDEST), theme))
}

const explanation = (view: VerdictView, width: number): Line[] => {
  const finding = view.findings[view.selected ?? view.findings.length - 1]
  if (!finding) return [[{ text: 'Nothing to report so far.', style: 'old' }]]
  const open = finding.final ? '' : ' Later events may still change this.'
  return wrap([{ text: finding.evidence }, { text: open, style: 'old' }], width)
}

/** The checkers' answers, the score board, the findings, and the sentence that explains the chosen one. What finds no room is left out last first, but the sentence stays. */
export const verdict = (view: VerdictView, { width, height }: PaneSize, theme: Theme): Line[] => {
  if (width < 12 || height < 1) return []
  const column = Math.min(24, Math.max(0, ...view.judgements.map(({ question }) => question.length)))
  const judgements = view.judgements.map(judgement => judgementLine(judgement, column, width, theme))
  const told = explanation(view, width)
  const sentence = told.slice(0, Math.max(2, height - judgements.length))
  const scores = scoreLines(view.scores, width, theme)
  const blocks: Line[][] = [judgements]
  let room = height - judgements.length - sentence.length
  const gap = room > scores.length + 1 ? 1 : 0
  if (room >= scores.length + gap) {
    blocks.push(scores)
    room -= scores.length + gap
  } else if (room > 0) {
    const some = view.scores.filter(({ count, harm }) => count > 0 && harm).slice(0, room)
    blocks.push(some.map(score => scoreLine(score, Math.min(width, WIDEST), theme)))
    room -= some.length
  }
  const wanted = Math.min(view.findings.length, Math.max(0, room - 2 * gap))
  if (wanted > 0) blocks.push(findingLines(view, wanted, width, theme))
  const all = [...blocks.filter(block => block.length > 0), sentence]
  return all
    .flatMap((block, i) => (i > 0 && gap > 0 ? [blankLine, ...block] : block))
    .map(row => (lineWidth(row) > width ? truncate(row, width, theme) : row))
    .slice(0, height)
}
