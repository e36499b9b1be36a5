import type { GlossaryEntry } from '../../course/glossary.ts'
import type { Lesson } from '../../course/lesson.ts'
import type { Progress } from '../../course/progress.ts'
import type { Happening } from '../../course/progress-event.ts'
import type { ItemSource } from '../../course/quiz-topic.ts'
import type { Lab } from '../../lab/lab.ts'
import type { FiledItem } from '../screens/filed-items.ts'
import type { Size } from './frame.ts'

/** Everything that can happen to the program. */
export type Message =
  | { readonly type: 'key'; readonly id: string; readonly text?: string }
  | { readonly type: 'paste'; readonly text: string }
  | { readonly type: 'resize'; readonly size: Size }
  /** Real time went by while something plays, milliseconds. */
  | { readonly type: 'tick'; readonly elapsedMs: number }
  /** What was to be recorded is on disk, or `notice` says why not. */
  | {
      readonly type: 'recorded'
      readonly happenings: readonly Happening[]
      readonly progress: Progress
      readonly notice: string | null
    }
  | { readonly type: 'lesson-opened'; readonly lesson: Lesson; readonly lab: Lab }
  | { readonly type: 'lab-opened'; readonly lab: Lab; readonly seed: number; readonly do: string }
  | { readonly type: 'glossary-opened'; readonly on: 'glossary' | 'search'; readonly entries: readonly GlossaryEntry[] }
  /** A question of a quiz outside the lessons is there. */
  | { readonly type: 'question-posed'; readonly source: ItemSource; readonly item: FiledItem }
  | { readonly type: 'failed'; readonly sentence: string }

/** What `update` wants done at the edge. Each is answered by a message, but for quitting. */
export type Effect =
  | { readonly type: 'record'; readonly happenings: readonly Happening[] }
  | { readonly type: 'open-lesson'; readonly id: string }
  | { readonly type: 'open-lab'; readonly name: string }
  | { readonly type: 'open-glossary'; readonly on: 'glossary' | 'search' }
  /** Looks a question up, or makes the run that it is about. */
  | { readonly type: 'pose-question'; readonly source: ItemSource }
  | { readonly type: 'quit' }
