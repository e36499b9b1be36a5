import type { Progress } from '../course/progress.ts'
import { sanitizeLine } from '../tui/plain.ts'
import type { TrackRow } from './actions.ts'
import { count, tableText } from './table-text.ts'

export interface ProgressSummary {
  readonly progress: Progress
  readonly tracks: readonly TrackRow[]
  /** The progress file, and how many events are in it. */
  readonly path: string
  readonly events: number
}

const certainties = [
  [3, 'sure'],
  [2, 'fairly sure'],
  [1, 'a guess'],
] as const

/** `netsplit progress show`. */
export const progressText = ({ progress, tracks, path, events }: ProgressSummary): string => {
  const lessons = tracks.flatMap(track => track.lessons)
  const { position } = progress
  const here = lessons.find(lesson => lesson.id === position?.lesson)
  const where =
    position === null
      ? 'Nothing begun yet; netsplit opens the first lesson.'
      : `Continue with  ${sanitizeLine(position.lesson)}${here ? `  ${sanitizeLine(here.title)}` : ''}`
  const tracksTable = tracks.map(({ title, lessons: rows }) => [
    sanitizeLine(title),
    `${rows.filter(row => row.status === 'finished').length} of ${rows.length} finished`,
    `${rows.filter(row => row.status === 'started').length} begun`,
  ])
  const calibration = certainties.map(([certainty, words]) => {
    const { asked, right } = progress.calibration[certainty]
    return [words, asked === 0 ? 'no answers' : `${right} of ${asked} right`]
  })
  const later =
    progress.notUnderstood === 0 ? '' : `, ${progress.notUnderstood} of them kept for a later version of netsplit`
  return [
    where,
    '',
    'Tracks',
    ...tableText(tracksTable, ['left', 'right', 'right']),
    '',
    'Certainty (first answers and predictions)',
    ...tableText(calibration, ['left', 'left']),
    '',
    `${count(events, 'event')} in ${sanitizeLine(path)}${later}`,
    '',
  ].join('\n')
}
