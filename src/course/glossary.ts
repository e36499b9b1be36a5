import { z } from 'zod'

export const glossarySchema = z.strictObject({
  entries: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z0-9-]+$/, 'an id has lower-case letters, digits and dashes'),
        term: z.string().min(1),
        /** What it means, in one to three sentences. */
        says: z.string().min(1),
        /** Other entries that help. */
        see: z.array(z.string()).default([]),
        source: z.string().optional(),
      }),
    )
    .min(1),
})

export type GlossaryEntry = z.infer<typeof glossarySchema>['entries'][number]
