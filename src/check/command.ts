import type { Json } from '../kernel/json.ts'
import type { History, Operation } from '../kernel/operation.ts'
import { checkCausal } from './causal.ts'
import { BadHistory } from './history/bad-history.ts'
import { type ReadHistory, readHistory } from './history/read-history.ts'
import { checkLinearizable } from './linearizable.ts'
import { type Model, type ModelName, models } from './model.ts'
import { modelFor } from './partition.ts'
import { checkSequential } from './sequential.ts'
import { checkSession, sessionGuarantees } from './sessions.ts'
import type { Verdict } from './verdict.ts'
import { inLines, inRecords, inSeconds, plain, shown, type Wording } from './wording.ts'

/** What `netsplit check` can be asked about. `sessions` is all four guarantees. */
export type Question = 'linearizable' | 'sequential' | 'causal' | 'sessions'

export interface CheckRequest {
  /** The whole file, decoded as UTF-8. */
  readonly text: string
  /** Its name, for messages. */
  readonly file: string
  readonly model?: ModelName
  /** The start value, instead of the model's own. */
  readonly initial?: Json
  /** Values are Jepsen's independent tuples `[key value]`. */
  readonly independent?: boolean
  readonly consistency?: Question
  /** Steps to search before the answer is unknown. */
  readonly budget?: number
}

/** The report on a history that could be read. `exit`: 0 all hold, 1 one is violated, 3 none is and one is unknown. */
export interface CheckReport {
  readonly exit: 0 | 1 | 3
  readonly file: string
  readonly format: ReadHistory['format']
  readonly times: ReadHistory['times']
  readonly model: ModelName
  readonly question: Question
  readonly operations: number
  readonly keys: number
  readonly verdicts: readonly Verdict[]
  /** For a causal question also the stronger variants: causal convergence and causal memory. */
  readonly variants?: { readonly CCv: Verdict['answer']; readonly CM: Verdict['answer'] }
}

/** The report on a file that is no history. */
export interface BadInput {
  readonly exit: 2
  readonly file: string
  readonly line?: number
  readonly reason: string
}

/** A complaint of another part, in the same form. */
export const badInput = (error: BadHistory): BadInput => ({
  exit: 2,
  file: error.file,
  ...(error.line === undefined ? {} : { line: error.line }),
  reason: error.reason,
})

const wordings: { readonly [times in ReadHistory['times']]: Wording } = {
  microseconds: inSeconds,
  lines: inLines,
  records: inRecords,
}

const lineOf = (op: Operation, { times }: ReadHistory): number | undefined =>
  times === 'lines' ? op.invokedUs : undefined

/** The model that was asked for, that the file names, or that fits. @throws BadHistory where none does. */
const chooseModel = (read: ReadHistory, asked: ModelName | undefined, file: string): Model => {
  const name = asked ?? read.model
  const model = name === undefined ? modelFor(read.history) : models[name]
  if (model === undefined) {
    const kinds = [...new Set(read.history.map(op => op.kind))].join(', ')
    const known = Object.values(models).map(one => `${one.name} (${one.kinds.join(', ')})`)
    throw new BadHistory(
      file,
      undefined,
      `no model has all of these operations: ${kinds}. Models are ${known.join('; ')}`,
    )
  }
  const alien = read.history.find(op => !model.kinds.includes(op.kind))
  if (alien !== undefined) {
    const reason = `a ${model.name} has no ${alien.kind}: its operations are ${model.kinds.join(', ')}`
    throw new BadHistory(file, lineOf(alien, read), reason)
  }
  const wrong = model.name === 'counter' ? read.history.find(isNoNumber) : undefined
  if (wrong !== undefined) {
    throw new BadHistory(
      file,
      lineOf(wrong, read),
      `a counter counts numbers, and this is ${shown(wrong.kind === 'add' ? wrong.input : wrong.output)}`,
    )
  }
  return model
}

const isNoNumber = ({ kind, input, output, outcome }: Operation): boolean => {
  const value = kind === 'add' ? input : outcome === 'ok' ? output : null
  return value !== null && typeof value !== 'number'
}

const verdictsOn = (history: History, model: Model, request: CheckRequest, wording: Wording): readonly Verdict[] => {
  const options = {
    wording,
    ...(request.initial === undefined ? {} : { initial: request.initial }),
    ...(request.budget === undefined ? {} : { budget: request.budget }),
  }
  switch (request.consistency ?? 'linearizable') {
    case 'linearizable':
      return [checkLinearizable(history, model, options)]
    case 'sequential':
      return [checkSequential(history, model, options)]
    case 'causal':
      return [checkCausal(history, model, options)]
    case 'sessions':
      return sessionGuarantees.map(guarantee => checkSession(history, model, guarantee, request.initial))
  }
}

/** Reads and checks a history file. Never throws for what is in the file. */
export const checkHistory = (request: CheckRequest): CheckReport | BadInput => {
  const { file } = request
  try {
    const read = readHistory(request.text, file, request.independent)
    const model = chooseModel(read, request.model, file)
    const verdicts = verdictsOn(read.history, model, request, wordings[read.times])
    const violated = verdicts.some(verdict => verdict.answer === 'violated')
    const unknown = verdicts.some(verdict => verdict.answer === 'unknown')
    const question = request.consistency ?? 'linearizable'
    const initial = request.initial === undefined ? {} : { initial: request.initial }
    const variant = (name: 'CCv' | 'CM') => checkCausal(read.history, model, { ...initial, variant: name }).answer
    return {
      exit: violated ? 1 : unknown ? 3 : 0,
      file,
      format: read.format,
      times: read.times,
      model: model.name,
      question,
      operations: read.history.length,
      keys: new Set(read.history.map(op => op.key)).size,
      verdicts,
      ...(question === 'causal' ? { variants: { CCv: variant('CCv'), CM: variant('CM') } } : {}),
    }
  } catch (error) {
    if (error instanceof BadHistory) return badInput(error)
    throw error
  }
}

const mostListed = 12

const idsOf = (ids: readonly string[]): string => {
  const more = ids.length > mostListed ? ` and ${ids.length - mostListed} more` : ''
  return `${ids.slice(0, mostListed).map(plain).join(', ')}${more}`
}

const answerLine = (verdict: Verdict): readonly string[] => {
  const title = `${verdict.consistency}: ${verdict.answer === 'holds' ? 'yes' : verdict.answer === 'violated' ? 'no' : 'unknown'}`
  switch (verdict.answer) {
    case 'holds':
      return [title]
    case 'violated':
      return [title, `  ${verdict.evidence.explanation}`, `  operations at odds: ${idsOf(verdict.evidence.clash)}`]
    case 'unknown':
      return [title, `  ${verdict.why}`]
  }
}

/** The report as text for people, lines without an end of line. */
export const checkText = (report: CheckReport | BadInput): readonly string[] => {
  if (report.exit === 2)
    return [`${plain(report.file)}${report.line === undefined ? '' : `:${report.line}`}: ${report.reason}`]
  const keys = report.keys === 1 ? '' : `, ${report.keys} keys`
  const heading = `${plain(report.file)}: ${report.operations} operations${keys}, model ${report.model}`
  const variants =
    report.variants === undefined
      ? []
      : [`  causal convergence (CCv): ${report.variants.CCv}; causal memory (CM): ${report.variants.CM}`]
  return [heading, ...report.verdicts.flatMap(answerLine), ...variants]
}

/** The report for machines. Texts from the file are in it as they are, escaped by JSON. */
export const checkJson = (report: CheckReport | BadInput): string =>
  `${JSON.stringify(report, null, 2).replace(/[\u007f-\u009f\u2028\u2029]/g, one => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`
