import type { Json } from '../kernel/json.ts'
import { sanitizeLine } from '../tui/plain.ts'
import { type CheckInvocation, modelNamed } from './check-invocation.ts'
import type { Io } from './io.ts'
import { readTextInput } from './read-input.ts'
import { UsageError } from './usage-error.ts'

/** The largest history that is read, bytes. The etcd logs of Jepsen have some 20 kB. */
const historyLimit = 32 * 1024 * 1024

/** Performs `netsplit check`; returns 0 holds, 1 violated, 3 unknown. Throws UsageError for a file that is no history. */
export const checkCommand = async (invocation: CheckInvocation, io: Io): Promise<number> => {
  const { file, model, initial, independent, consistency, format } = invocation
  const text = await readTextInput(file, historyLimit, io)
  const { checkHistory, checkJson, checkText } = await import('../check/command.ts')
  const report = checkHistory({
    text,
    file: file === '-' ? 'standard input' : file,
    independent,
    consistency,
    ...(model === null ? {} : { model: modelNamed(model) }),
    ...(initial === null ? {} : { initial: initialValue(initial, model) }),
  })
  if (report.exit === 2) throw new UsageError(checkText(report).map(sanitizeLine).join(' '))
  io.stdout.write(format === 'json' ? checkJson(report) : `${checkText(report).map(sanitizeLine).join('\n')}\n`)
  return report.exit
}

/** A value as JSON writes it, `0`, `null`, `"a"`; anything else, and all that a store of strings holds, is text. */
const initialValue = (text: string, model: CheckInvocation['model']): Json => {
  if (model === 'kv') return text
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}
