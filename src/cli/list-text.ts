import { ASCII_GLYPHS, type Glyphs, UNICODE_GLYPHS } from '../tui/glyphs.ts'
import { sanitizeLine } from '../tui/plain.ts'
import type { LabRow, LessonRow, TrackRow } from './actions.ts'
import { count, tableText } from './table-text.ts'

const statusWords = { new: 'new', started: 'begun', finished: 'finished' } as const

const cellsOf = (lesson: LessonRow, glyphs: Glyphs): string[] => {
  const sign = { new: ' ', started: glyphs.open, finished: glyphs.ok }[lesson.status]
  return [
    sign,
    sanitizeLine(lesson.id),
    sanitizeLine(lesson.title),
    `${lesson.minutes} min`,
    count(lesson.goals, 'goal'),
    count(lesson.quizItems, 'question'),
    statusWords[lesson.status],
  ]
}

/** `netsplit list`: tracks and lessons, one line each. */
export const listText = (tracks: readonly TrackRow[], unicode: boolean): string => {
  const glyphs = unicode ? UNICODE_GLYPHS : ASCII_GLYPHS
  const lessons = tracks.flatMap(track => track.lessons)
  const table = tableText(
    lessons.map(lesson => cellsOf(lesson, glyphs)),
    ['left', 'left', 'left', 'right', 'right', 'right', 'left'],
  )
  let next = 0
  const lines = tracks.flatMap(track => {
    const finished = track.lessons.filter(lesson => lesson.status === 'finished').length
    const rows = table.slice(next, next + track.lessons.length)
    next += track.lessons.length
    return [
      `${sanitizeLine(track.title)}: ${finished} of ${count(track.lessons.length, 'lesson')} finished`,
      ...rows,
      '',
    ]
  })
  return lines.length === 0 ? 'There are no lessons.\n' : lines.join('\n')
}

/** `netsplit list --json`. */
export const listJson = (tracks: readonly TrackRow[]): string => {
  const rows = tracks
    .flatMap(track => track.lessons)
    .map(({ id, track, title, minutes, goals, quizItems, predictions, claims, status }) => ({
      id,
      track,
      title,
      minutes,
      goals,
      quizItems,
      predictions,
      claims,
      status,
    }))
  return `${JSON.stringify(rows, null, 2)}\n`
}

const labKinds = [
  ['lesson', 'Labs of lessons'],
  ['protocol', 'Protocols'],
  ['preset', 'Systems of the atlas'],
] as const

/** `netsplit lab --list`: what `lab` and `run` know by name. */
export const labsText = (labs: readonly LabRow[]): string => {
  const lines = labKinds.flatMap(([kind, heading]) => {
    const rows = labs.filter(lab => lab.kind === kind)
    const cells = rows.map(lab => [sanitizeLine(lab.name), sanitizeLine(lab.title)])
    return rows.length === 0 ? [] : [heading, ...tableText(cells, ['left', 'left']), '']
  })
  return lines.length === 0 ? 'There are no labs.\n' : lines.join('\n')
}

/** What `netsplit` prints where no screen can be opened: what there is, and how to start. */
export const overviewText = (tracks: readonly TrackRow[], unicode: boolean): string =>
  [
    'netsplit, a laboratory of distributed systems',
    '',
    listText(tracks, unicode),
    'How to start',
    ...tableText(
      [
        ['netsplit', 'in a terminal: open the tutor'],
        ['netsplit learn LESSON', 'in a terminal: open one lesson'],
        ['netsplit run LAB', 'run a lab without a screen; netsplit lab --list names them'],
        ['netsplit --help', 'all commands, with examples'],
      ],
      ['left', 'left'],
    ),
    '',
  ].join('\n')
