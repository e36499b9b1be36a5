import type { TutorStart } from './cli/actions.ts'
import { labOf } from './course/laboratory.ts'
import type { Course } from './course/load.ts'
import { findLab } from './labs.ts'
import { configDirectory } from './progress/config-directory.ts'
import { openProgressStore, type ProgressStore } from './progress/progress-store.ts'
import type { StoredProgress } from './progress/read-progress.ts'
import { questionOf } from './question-of.ts'
import { openTopicQuiz } from './topic-quiz.ts'
import type { Effect, Message } from './tui/app/message.ts'
import { type Model, startModel } from './tui/app/model.ts'
import { type Ports, type RunningApp, runApp } from './tui/app/run-app.tsx'
import type { Terminal } from './tui/terminal/open-terminal.ts'

/** Starts the app on the terminal, on the screen that was asked for. */
export const startApp = (
  terminal: Terminal,
  model: Omit<Model, 'screens' | 'prices'>,
  course: Course,
  stored: StoredProgress,
  start: TutorStart,
): RunningApp => {
  const labs = course.labs.map(({ name, about, lab }) => ({ name, title: lab.title, about }))
  const home = startModel({ ...model, labs })
  const store = openProgressStore({ directory: configDirectory(process.env), stored })
  const seed = start.kind === 'lab' ? start.seed : null
  const [shown, effects] =
    start.kind === 'quiz' ? openTopicQuiz(home, course.index, start.topic) : [home, firstEffects(start)]
  return runApp(terminal, shown, effects, portsOf(course, store, seed))
}

const firstEffects = (start: TutorStart): readonly Effect[] => {
  switch (start.kind) {
    case 'lesson':
      return [{ type: 'open-lesson', id: start.lesson }]
    case 'lab':
      return [{ type: 'open-lab', name: start.lab ?? 'raft' }]
    case 'home':
    case 'quiz':
      return []
  }
}

const portsOf = (course: Course, store: ProgressStore, seed: number | null): Ports => {
  let told = store.notice
  return {
    record: async happenings => {
      const status = store.append(happenings)
      const notice = status.saved ? null : status.message
      // That nothing is saved is said once, not at every answer.
      const fresh = notice !== null && notice !== told ? notice : null
      told = notice
      return { progress: store.progress(), notice: fresh }
    },
    open: async (effect): Promise<Message> => {
      switch (effect.type) {
        case 'open-lesson': {
          const lesson = course.lesson(effect.id)
          return { type: 'lesson-opened', lesson, lab: labOf(lesson.lab) }
        }
        case 'open-lab': {
          const lab = findLab(course, effect.name)
          return { type: 'lab-opened', lab, seed: seed ?? lab.seed, do: '' }
        }
        case 'pose-question':
          return { type: 'question-posed', source: effect.source, item: questionOf(course, effect.source) }
        case 'open-glossary':
          return { type: 'glossary-opened', on: effect.on, entries: course.glossary() }
      }
    },
  }
}
