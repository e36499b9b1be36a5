import { allLessons, type CourseIndex, type LessonSummary } from './course.ts'
import { DRAWN_KINDS, type DrawnKind } from './drawn/kinds.ts'
import { lessonProgress, type Progress } from './progress.ts'
import { shuffledOrder } from './shuffle.ts'

/** Where a question of a quiz outside the lessons comes from. */
export type ItemSource =
  | { readonly kind: 'lesson'; readonly lesson: string; readonly item: string }
  /** Out of a fresh run, of this seed. */
  | { readonly kind: 'run'; readonly draws: DrawnKind; readonly seed: number }

/** What a quiz can be about: a track, a lesson, everything, or questions from fresh runs, which have no end. */
export interface QuizTopic {
  /** As `netsplit quiz` takes it: `fallacies`, `cap/cp-or-ap`, `everything`, `runs`, `runs/linearizable`. */
  readonly id: string
  readonly title: string
  readonly about: string
  readonly lessons: readonly LessonSummary[]
  /** Kinds of questions from fresh runs; empty for a topic of lessons. */
  readonly draws: readonly DrawnKind[]
  /** Its result is told by track, by lesson, or as a whole. */
  readonly by: 'track' | 'lesson' | 'kind'
}

const countOf = (lessons: readonly LessonSummary[]): string => {
  const questions = lessons.reduce((sum, lesson) => sum + lesson.quizItems.length, 0)
  return `${questions} questions out of ${lessons.length === 1 ? 'one lesson' : `${lessons.length} lessons`}. What you have not answered, or missed, comes first.`
}

const lessonTopic = (id: string, title: string, lessons: readonly LessonSummary[], by: QuizTopic['by']): QuizTopic => ({
  id,
  title,
  about: countOf(lessons),
  lessons,
  draws: [],
  by,
})

/** The topics that the list shows: fresh runs, each track, everything. */
export const quizTopics = (course: CourseIndex): readonly QuizTopic[] => [
  {
    id: 'runs',
    title: 'Fresh runs, without end',
    about:
      'Three kinds of questions in turn, each about a run that the simulator makes for you, judged by the checkers.',
    lessons: [],
    draws: DRAWN_KINDS.map(({ name }) => name),
    by: 'kind',
  },
  ...DRAWN_KINDS.map(
    ({ name, title, about }): QuizTopic => ({
      id: `runs/${name}`,
      title,
      about,
      lessons: [],
      draws: [name],
      by: 'kind',
    }),
  ),
  ...course.tracks.map(track => lessonTopic(track.id, track.title, track.lessons, 'lesson')),
  lessonTopic('everything', 'Everything', allLessons(course), 'track'),
]

/** A topic by its id; a lesson's id is one as well. Undefined where there is none. */
export const findTopic = (course: CourseIndex, id: string): QuizTopic | undefined =>
  quizTopics(course).find(topic => topic.id === id) ??
  allLessons(course)
    .filter(lesson => lesson.id === id)
    .map(lesson => lessonTopic(id, lesson.title, [lesson], 'lesson'))[0]

/** All ids that `findTopic` knows. */
export const topicIds = (course: CourseIndex): readonly string[] => [
  ...quizTopics(course).map(topic => topic.id),
  ...allLessons(course).map(lesson => lesson.id),
]

/** 0 for a question never answered, 1 for one missed, 2 for one that was right the last time. */
const settled = (progress: Progress, lesson: string, item: string): number => {
  const answer = lessonProgress(progress, lesson).answers.get(item)
  return answer === undefined ? 0 : answer.right ? 2 : 1
}

/** A lesson's questions, the least settled first, otherwise in an order that hangs on the lesson alone. */
const ordered = (lesson: LessonSummary, progress: Progress): readonly ItemSource[] =>
  shuffledOrder(lesson.quizItems.length, lesson.id)
    .map(index => lesson.quizItems[index] ?? '')
    .map(item => ({ item, settled: settled(progress, lesson.id, item) }))
    .sort((a, b) => a.settled - b.settled)
    .map(({ item }) => ({ kind: 'lesson', lesson: lesson.id, item }))

/** The questions of a topic's lessons, one of each lesson in turn, so that whoever stops early has met them all. */
export const topicItems = (topic: QuizTopic, progress: Progress): readonly ItemSource[] => {
  const rows = topic.lessons.map(lesson => ordered(lesson, progress))
  const most = Math.max(0, ...rows.map(row => row.length))
  return Array.from({ length: most }, (_, k) => rows.flatMap(row => row[k] ?? [])).flat()
}

/** The lesson under which answers to questions from fresh runs are saved. */
export const drawnLesson = (kind: DrawnKind): string => `runs/${kind}`

/** The question from fresh runs that comes at this place of a quiz: a run that the learner has not had. */
export const drawnSource = (topic: QuizTopic, at: number, progress: Progress): ItemSource | undefined => {
  const draws = topic.draws[at % Math.max(1, topic.draws.length)]
  if (draws === undefined) return undefined
  const { answers } = lessonProgress(progress, drawnLesson(draws))
  return { kind: 'run', draws, seed: answers.size + 1 }
}

/** What the result counts an answer under. */
export const groupOf = (topic: QuizTopic, course: CourseIndex, source: ItemSource): string => {
  if (source.kind === 'run') return DRAWN_KINDS.find(({ name }) => name === source.draws)?.title ?? source.draws
  const track = course.tracks.find(({ lessons }) => lessons.some(({ id }) => id === source.lesson))
  if (topic.by === 'track') return track?.title ?? source.lesson
  return topic.lessons.find(({ id }) => id === source.lesson)?.title ?? source.lesson
}
