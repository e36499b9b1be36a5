import { canonicalJson } from '../../kernel/json.ts'
import { deed, inSeconds, named, plain, shown } from '../wording.ts'
import { fateDetector } from './fate.ts'
import { isRead, overwritesWith } from './run-notes.ts'

/** How many operations back the source of a value is looked for. */
const lookBack = 200

/** A read returned a value that was rolled back later. */
export const dirtyRead = fateDetector({
  name: 'dirty-read',
  definition:
    'A read returned a value that was taken back later: in the end no live copy holds the write that it came from, or was built on it.',
  fate: 'lost',
  follow: (op, scene) => {
    if (op.outcome !== 'ok' || !isRead(op) || op.output === null) return []
    const value = canonicalJson(op.output)
    // A write that failed counts as well: its value was never to be seen.
    const sources = scene.history
      .slice(-lookBack)
      .filter(one => one.key === op.key && overwritesWith({ ...one, outcome: 'unknown' }) === value)
    const [source] = sources
    if (source === undefined || sources.length > 1) return []
    const { key, invokedUs } = source
    return [{ key, write: source.id, op: op.id, by: op.client, invokedUs, closedUs: op.returnedUs ?? op.invokedUs }]
  },
  tell: ({ write, op, key, by, closedUs }, scene) => {
    const read = scene.history.findLast(one => one.id === op)
    const source = scene.history.findLast(one => one.id === write)
    const from =
      source === undefined
        ? ''
        : ` ${named(source.client)} ${deed(source)}, but no live copy holds that any more or was built on it.`
    return `${named(by)} read ${plain(key)}=${shown(read?.output)} ${inSeconds.at(closedUs)}.${from}`
  },
})
