import type { Verdict } from '../check/verdict.ts'
import { assertNever } from '../kernel/assert-never.ts'
import type { Json } from '../kernel/json.ts'
import type { Operation } from '../kernel/operation.ts'
import { ASCII_GLYPHS, type Glyphs, UNICODE_GLYPHS } from '../tui/glyphs.ts'
import { sanitizeLine } from '../tui/plain.ts'
import type { RunReport } from './run-report.ts'
import { count, tableText } from './table-text.ts'

/** Microseconds of simulated time, in seconds with three decimals: `1.420 s`. */
const seconds = (us: number): string => `${(us / 1e6).toFixed(3)} s`

const shown = (value: Json, glyphs: Glyphs): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return sanitizeLine(text.length > 40 ? `${text.slice(0, 39)}${glyphs.ellipsis}` : text)
}

/** What was asked, and what came of it: `write x=1`, `read x`, `txn`. */
const asked = ({ kind, key, input }: Operation, glyphs: Glyphs): string => {
  const name = sanitizeLine(key)
  return input === null ? `${kind} ${name}` : `${kind} ${name}=${shown(input, glyphs)}`
}

const answer = (operation: Operation, glyphs: Glyphs): string[] => {
  const { outcome, output, reason, invokedUs, returnedUs } = operation
  const took = returnedUs === null ? '' : `${((returnedUs - invokedUs) / 1000).toFixed(1)} ms`
  const why = reason === undefined ? '' : sanitizeLine(reason)
  switch (outcome) {
    case 'ok':
      return [glyphs.ok, 'ok', took, output === null ? '' : shown(output, glyphs)]
    case 'fail':
      return [glyphs.bad, 'fail', took, why]
    case 'unknown':
      return [glyphs.unknown, 'unknown', took, why]
    default:
      return assertNever(outcome)
  }
}

const operationLines = (history: RunReport['history'], glyphs: Glyphs): string[] => {
  const rows = history.map(operation => {
    const [sign = '', outcome = '', took = '', result = ''] = answer(operation, glyphs)
    const served = operation.servedBy === undefined ? '' : `by ${operation.servedBy}`
    return [sign, operation.id, seconds(operation.invokedUs), asked(operation, glyphs), outcome, took, served, result]
  })
  return tableText(rows, ['left', 'left', 'right', 'left', 'left', 'right', 'left', 'left'])
}

const verdictCells = (verdict: Verdict, glyphs: Glyphs): string[] => {
  switch (verdict.answer) {
    case 'holds':
      return [glyphs.ok, verdict.consistency, 'holds']
    case 'violated':
      return [glyphs.bad, verdict.consistency, `violated: ${sanitizeLine(verdict.evidence.explanation)}`]
    case 'unknown':
      return [glyphs.unknown, verdict.consistency, `unknown: ${sanitizeLine(verdict.why)}`]
    default:
      return assertNever(verdict)
  }
}

const section = (heading: string, lines: readonly string[], none: string): string[] => [
  '',
  heading,
  ...(lines.length === 0 ? [`  ${none}`] : lines),
]

/** `netsplit run`: what was run, what the clients saw, what the checkers and detectors say, which goals were reached. */
export const runText = (report: RunReport, unicode: boolean): string => {
  const glyphs = unicode ? UNICODE_GLYPHS : ASCII_GLYPHS
  const { code, lab, seed, nowUs, trace, history, phenomena, verdicts, goals } = report
  const head = tableText(
    [
      ['lab', sanitizeLine(lab)],
      ['seed', String(seed)],
      ['ended', `${seconds(nowUs)}, after ${count(trace.length, 'event')}`],
      ['code', sanitizeLine(code)],
    ],
    ['left', 'left'],
    '',
  )
  const sightings = phenomena.map(({ name, atUs, evidence }) => [seconds(atUs), name, sanitizeLine(evidence)])
  const reached = goals.map(({ id, say, reached: yes, atUs }) => [
    yes ? glyphs.ok : glyphs.open,
    sanitizeLine(id),
    yes && atUs !== null ? seconds(atUs) : 'not reached',
    sanitizeLine(say),
  ])
  return [
    ...head,
    ...section('Operations', operationLines(history, glyphs), 'none'),
    ...section(
      'Verdicts',
      tableText(
        verdicts.map(verdict => verdictCells(verdict, glyphs)),
        ['left', 'left', 'left'],
      ),
      'none',
    ),
    ...section('Phenomena', tableText(sightings, ['right', 'left', 'left']), 'none seen'),
    ...(goals.length === 0 ? [] : section('Goals', tableText(reached, ['left', 'left', 'right', 'left']), '')),
    '',
  ].join('\n')
}

/** `netsplit run --format json`: the members in this order, on one line. */
export const runJson = ({ code, lab, seed, nowUs, trace, history, phenomena, verdicts, goals }: RunReport): string =>
  `${JSON.stringify({ code, lab, seed, nowUs, trace, history, phenomena, verdicts, goals })}\n`
