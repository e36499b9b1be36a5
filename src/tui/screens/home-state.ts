import { allLessons, type CourseIndex, type LessonSummary } from '../../course/course.ts'
import type { Progress } from '../../course/progress.ts'

/** One row of the home screen. */
export type HomeItem =
  | { readonly kind: 'continue'; readonly lesson: LessonSummary; readonly page: string | null }
  | { readonly kind: 'track'; readonly title: string; readonly lessons: readonly LessonSummary[] }
  | { readonly kind: 'lesson'; readonly lesson: LessonSummary }
  | { readonly kind: 'quiz' }
  | { readonly kind: 'sandbox' }
  | { readonly kind: 'glossary' }
  | { readonly kind: 'keys' }

/** Rows that can be chosen; track titles only part the list. */
export const isChoosable = (item: HomeItem): boolean => item.kind !== 'track'

/** The rows in order. The first continues where the learner stopped, so one key leads back into the lesson one left. */
export const homeItems = (course: CourseIndex, progress: Progress): readonly HomeItem[] => [
  ...continueItem(course, progress),
  ...course.tracks.flatMap((track): HomeItem[] => [
    { kind: 'track', title: track.title, lessons: track.lessons },
    ...track.lessons.map((lesson): HomeItem => ({ kind: 'lesson', lesson })),
  ]),
  { kind: 'track', title: 'On your own', lessons: [] },
  { kind: 'quiz' },
  { kind: 'sandbox' },
  { kind: 'glossary' },
  { kind: 'keys' },
]

const continueItem = (course: CourseIndex, progress: Progress): HomeItem[] => {
  const lessons = allLessons(course)
  const left = lessons.find(lesson => lesson.id === progress.position?.lesson)
  if (left && progress.lessons.get(left.id)?.status !== 'finished')
    return [{ kind: 'continue', lesson: left, page: progress.position?.page ?? null }]
  const next = lessons.find(lesson => progress.lessons.get(lesson.id)?.status !== 'finished')
  return next ? [{ kind: 'continue', lesson: next, page: null }] : []
}
