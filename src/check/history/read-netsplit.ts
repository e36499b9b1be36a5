import { nodeId, type RequestId } from '../../kernel/ids.ts'
import type { Json } from '../../kernel/json.ts'
import type { History, Operation, Outcome } from '../../kernel/operation.ts'
import { type ModelName, models } from '../model.ts'
import { plain, shown } from '../wording.ts'
import { BadHistory } from './bad-history.ts'
import { kindNamed } from './record.ts'

/** The name of netsplit's own format, in its files and here. */
export const netsplitFormat = 'netsplit-history/1'

const lineAt = (text: string, position: number): number => text.slice(0, position).split('\n').length

const parse = (text: string, file: string): Json => {
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const position = /position (\d+)/.exec(message)?.[1]
    const line = position === undefined ? lineAt(text, text.length) : lineAt(text, Number(position))
    throw new BadHistory(
      file,
      line,
      `not valid JSON: ${plain(message.replace(/ in JSON at position.*$| \(line.*$/, ''))}`,
    )
  }
}

type Fields = { readonly [name: string]: Json | undefined }
const fields = (value: Json | undefined): Fields | undefined =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : undefined

const outcomes: readonly Outcome[] = ['ok', 'fail', 'unknown']

const operationOf = (value: Json, fail: (reason: string) => never): Operation => {
  const raw = fields(value) ?? fail('an operation has to be an object')
  const text = (name: string): string => {
    const member = raw[name]
    return typeof member === 'string' ? member : fail(`"${name}" has to be a text, not ${shown(member)}`)
  }
  const time = (name: string): number => {
    const member = raw[name]
    return typeof member === 'number' && Number.isFinite(member)
      ? member
      : fail(`"${name}" has to be a time in microseconds`)
  }
  const outcome =
    outcomes.find(one => one === raw.outcome) ??
    fail(`unknown outcome ${shown(raw.outcome)}; known are ok, fail, unknown`)
  const invokedUs = time('invokedUs')
  const returnedUs = outcome === 'unknown' ? null : time('returnedUs')
  if (outcome === 'unknown' && typeof raw.returnedUs === 'number')
    fail('an operation of unknown outcome cannot have returned')
  if (returnedUs !== null && returnedUs < invokedUs)
    fail(`it returned (${returnedUs}) before it was called (${invokedUs})`)
  return {
    id: text('id') as RequestId,
    client: nodeId(text('client')),
    kind: kindNamed(text('kind'), '', 0),
    key: text('key'),
    input: raw.input ?? null,
    output: raw.output ?? null,
    outcome,
    invokedUs,
    returnedUs,
    ...(typeof raw.reason === 'string' ? { reason: raw.reason } : {}),
    ...(typeof raw.servedBy === 'string' ? { servedBy: nodeId(raw.servedBy) } : {}),
  }
}

/** Reads netsplit's own history files. */
export const readNetsplit = (text: string, file: string): { readonly history: History; readonly model?: ModelName } => {
  const whole = fields(parse(text, file))
  if (whole?.format !== netsplitFormat) {
    throw new BadHistory(file, 1, `expected "format": "${netsplitFormat}", found ${shown(whole?.format)}`)
  }
  if (!Array.isArray(whole.operations)) throw new BadHistory(file, 1, '"operations" has to be a list')
  const model = Object.values(models).find(one => one.name === whole.model)?.name
  if (whole.model !== undefined && model === undefined) {
    throw new BadHistory(file, 1, `unknown model ${shown(whole.model)}; known are ${Object.keys(models).join(', ')}`)
  }
  const seen = new Set<string>()
  const history = (whole.operations as readonly Json[]).map((value, index) => {
    const id = fields(value)?.id
    const fail = (reason: string): never => {
      const position = typeof id === 'string' ? text.indexOf(JSON.stringify(id)) : -1
      const line = position < 0 ? undefined : lineAt(text, position)
      throw new BadHistory(
        file,
        line,
        `operation ${index + 1}${typeof id === 'string' ? ` (${plain(id)})` : ''}: ${reason}`,
      )
    }
    try {
      const op = operationOf(value, fail)
      if (seen.has(op.id)) fail('there are two operations of this id: it was called or returned twice')
      seen.add(op.id)
      return op
    } catch (error) {
      if (error instanceof BadHistory && error.file === '') return fail(error.reason)
      throw error
    }
  })
  return { history: history.sort((a, b) => a.invokedUs - b.invokedUs), ...(model === undefined ? {} : { model }) }
}

/** A history in netsplit's own format, one operation a line. */
export const writeNetsplit = (history: History, model: ModelName): string =>
  `{"format":${JSON.stringify(netsplitFormat)},"model":${JSON.stringify(model)},"operations":[\n${history
    .map(op => JSON.stringify(op))
    .join(',\n')}\n]}\n`
