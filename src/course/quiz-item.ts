import { z } from 'zod'

const misconception = z.string().regex(/^M\d+$/, 'a misconception is written M and its number, as in M13')

const option = z.strictObject({
  say: z.string().min(1),
  right: z.boolean().optional(),
  /** Why it is right, or why it tempts and is wrong. */
  why: z.string().min(1),
  misconception: misconception.optional(),
})

const shared = {
  id: z.string().regex(/^[a-z0-9-]+$/, 'an id has lower-case letters, digits and dashes'),
  stem: z.string().min(1),
  /** The idea in one sentence, shown with every feedback of the kinds that have no options. */
  misconceptions: z.array(misconception).default([]),
  source: z.string().optional(),
}

const single = z.strictObject({ ...shared, kind: z.literal('single'), options: z.array(option).min(3).max(6) })
const multiple = z.strictObject({ ...shared, kind: z.literal('multiple'), options: z.array(option).min(3).max(7) })

const order = z.strictObject({
  ...shared,
  kind: z.literal('order'),
  /** In the right order; shown shuffled. */
  steps: z
    .array(z.strictObject({ say: z.string().min(1), why: z.string().min(1) }))
    .min(3)
    .max(6),
})

const estimate = z.strictObject({
  ...shared,
  kind: z.literal('estimate'),
  unit: z.string(),
  answer: z.number(),
  /** Right within this factor up or down: 1 exact, 2 between half and double. */
  within: z.number().min(1),
  why: z.string().min(1),
  low: z.string().min(1),
  high: z.string().min(1),
})

const line = z.strictObject({
  ...shared,
  kind: z.literal('line'),
  language: z.string(),
  code: z.string().min(1),
  /** The lines that can be chosen, numbered from 1. */
  options: z
    .array(
      z.strictObject({
        line: z.number().int().min(1),
        right: z.boolean().optional(),
        why: z.string().min(1),
        misconception: misconception.optional(),
      }),
    )
    .min(3),
})

const run = z.strictObject({
  ...shared,
  kind: z.literal('run'),
  /** The prediction of this lesson's lab that poses and answers it. */
  prediction: z.string().min(1),
})

/** One item of a quiz. */
export const quizItemSchema = z
  .discriminatedUnion('kind', [single, multiple, order, estimate, line, run])
  .superRefine((item, context) => {
    if (!('options' in item)) return
    const right = item.options.filter(candidate => candidate.right === true).length
    if (item.kind === 'single' || item.kind === 'line') {
      if (right !== 1)
        context.addIssue({
          code: 'custom',
          path: ['options'],
          message: `exactly one option must be right, here ${right} are`,
        })
    } else if (right === 0)
      context.addIssue({ code: 'custom', path: ['options'], message: 'at least one option must be right' })
    if (item.kind === 'line') {
      const lines = item.code.replace(/\n$/, '').split('\n').length
      const outside = item.options.findIndex(candidate => candidate.line > lines)
      if (outside >= 0)
        context.addIssue({
          code: 'custom',
          path: ['options', outside, 'line'],
          message: `the code has only ${lines} lines`,
        })
    }
  })

export type QuizItem = z.infer<typeof quizItemSchema>

export const quizSchema = z.strictObject({ items: z.array(quizItemSchema).min(1) })
