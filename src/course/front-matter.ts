import { z } from 'zod'

const source = z.strictObject({
  /** Authors, title, place, year. */
  cite: z.string().min(1),
  /** What the lesson takes from it. */
  says: z.string().min(1).optional(),
})

/** The front matter of a `lesson.md`. */
export const frontMatterSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, 'an id is the track, a slash and the lesson, as in cap/cp-or-ap'),
  title: z.string().min(1),
  minutes: z.number().int().min(1).max(30),
  /** Lines of the source text that the lesson covers, as in `L85-119`. */
  covers: z.array(z.string().regex(/^L\d+(-\d+)?$/, 'lines are written L85 or L85-119')).default([]),
  /** What the learner will do, in one sentence that gives nothing away. */
  about: z.string().min(1),
  /** The lesson in one sentence. */
  recap: z.string().min(1),
  sources: z.array(source).min(1),
})

export type FrontMatter = z.infer<typeof frontMatterSchema>
