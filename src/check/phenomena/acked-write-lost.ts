import { deed, inSeconds, named, plain } from '../wording.ts'
import { fateDetector } from './fate.ts'
import { writtenKeys } from './written-keys.ts'

/** A write was answered with ok, and in the end no live copy reflects it. */
export const ackedWriteLost = fateDetector({
  name: 'acked-write-lost',
  definition:
    'A write was answered with ok, yet when all faults were over and the system had had time to settle, no live copy held it or was built on it.',
  fate: 'lost',
  follow: op =>
    op.outcome !== 'ok'
      ? []
      : writtenKeys(op).map(key => ({
          key,
          write: op.id,
          op: op.id,
          by: op.client,
          invokedUs: op.invokedUs,
          closedUs: op.returnedUs ?? op.invokedUs,
        })),
  tell: ({ write, key, by, closedUs }, scene) => {
    const op = scene.history.findLast(one => one.id === write)
    return `${named(by)} ${op === undefined ? 'wrote' : deed(op)} (${plain(key)}) and had the ok ${inSeconds.at(closedUs)}. A${inSeconds.at(scene.nowUs).slice(1)} no live copy holds it or was built on it.`
  },
})
