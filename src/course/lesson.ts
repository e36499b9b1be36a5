import type { LabDefinition } from '../lab/definition.ts'
import type { FrontMatter } from './front-matter.ts'
import type { Page } from './page.ts'
import type { QuizItem } from './quiz-item.ts'

/** A lesson, parsed and checked; plain JSON, as the build compiles it. */
export interface Lesson extends FrontMatter {
  readonly track: string
  readonly pages: readonly Page[]
  readonly lab: LabDefinition
  readonly quiz: readonly QuizItem[]
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 48)

/** A page's id in the saved progress: what it is and what it is about, never its position. */
export const pageId = (page: Page): string => [page.kind, ...page.subjects, slug(page.title)].join('-')

/** An option's id in the saved progress. */
export const optionId = (say: string): string => slug(say)
