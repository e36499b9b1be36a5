/** What lists need to know of a lesson without reading it. */
export interface LessonSummary {
  /** `track/lesson`, for example `cap/cp-or-ap`. */
  readonly id: string
  readonly track: string
  readonly title: string
  /** How long it takes, minutes. */
  readonly minutes: number
  readonly pages: number
  /** What it is about, in a sentence; shown beside the list. */
  readonly about: string
  readonly goals: readonly string[]
  readonly quizItems: readonly string[]
  readonly predictions: readonly string[]
  readonly claims: readonly string[]
}

/** The whole course, as start-up reads it. */
export interface CourseIndex {
  readonly tracks: readonly {
    readonly id: string
    readonly title: string
    readonly lessons: readonly LessonSummary[]
  }[]
}

export const allLessons = (course: CourseIndex): readonly LessonSummary[] =>
  course.tracks.flatMap(track => track.lessons)
