import type { History } from '../../kernel/operation.ts'
import type { QuizItem } from '../quiz-item.ts'
import type { DrawnKind } from './kinds.ts'

/** What a question shows above its options: what clients asked and heard, or lines of text. */
export type Figure =
  | { readonly kind: 'history'; readonly history: History; readonly untilUs: number }
  | { readonly kind: 'lines'; readonly lines: readonly string[] }

/** A question out of a run that was made for it: the simulator and the checkers have answered it already. */
export type DrawnItem = Extract<QuizItem, { kind: 'single' }> & { readonly figure: Figure }

/** Draws questions without end: the same seed gives the same question everywhere. */
export interface Generator {
  /** Part of the ids under which answers are saved. */
  readonly name: DrawnKind
  draw(seed: number): DrawnItem
}
