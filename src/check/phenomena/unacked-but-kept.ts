import { deed, inSeconds, named, plain } from '../wording.ts'
import { fateDetector } from './fate.ts'
import { writtenKeys } from './written-keys.ts'

/** A write failed, or nobody knows, and in the end a live copy reflects it. */
export const unackedButKept = fateDetector({
  name: 'unacked-but-kept',
  definition:
    'A write was never answered with ok (no answer, or even a no), and yet in the end live copies hold it or were built on it.',
  fate: 'kept',
  follow: op =>
    op.outcome === 'ok'
      ? []
      : writtenKeys(op).map(key => ({
          key,
          write: op.id,
          op: op.id,
          by: op.client,
          invokedUs: op.invokedUs,
          closedUs: op.returnedUs ?? op.gaveUpUs ?? op.invokedUs,
        })),
  tell: ({ write, key, by, closedUs }, scene) => {
    const op = scene.history.findLast(one => one.id === write)
    const told = op?.outcome === 'fail' ? `was told no ${inSeconds.at(closedUs)}` : 'never heard how that ended'
    const asked = op === undefined ? 'asked to write' : deed({ ...op, outcome: 'unknown', reason: '' })
    return `${named(by)} ${asked} (${plain(key)}) and ${told}. The live copies hold it all the same.`
  },
})
