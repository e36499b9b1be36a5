import { canonicalJson } from '../../kernel/json.ts'
import { deed, inSeconds, named, plain, shown } from '../wording.ts'
import { fateDetector } from './fate.ts'
import { isRead } from './run-notes.ts'

/** A read returned a value that was rolled back later. */
export const dirtyRead = fateDetector({
  name: 'dirty-read',
  definition:
    'A read returned a value that was taken back later: in the end no live copy holds the write that it came from, or was built on it.',
  fate: 'lost',
  follow: (op, scene) => {
    if (op.outcome !== 'ok' || !isRead(op) || op.output === null) return []
    const value = canonicalJson(op.output)
    const sources = scene.history.filter(
      one =>
        one.key === op.key &&
        (((one.kind === 'write' || one.kind === 'put') && canonicalJson(one.input) === value) ||
          (one.kind === 'cas' && canonicalJson((one.input as { readonly to?: string }).to) === value)),
    )
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
