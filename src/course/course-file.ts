import { z } from 'zod'

const id = z.string().regex(/^[a-z0-9-]+$/, 'an id has lower-case letters, digits and dashes')

/** `course.yaml`: the tracks and the order of their lessons. Ids, never positions, key the saved progress. */
export const courseSchema = z.strictObject({
  tracks: z.array(z.strictObject({ id, title: z.string().min(1), lessons: z.array(id).min(1) })).min(1),
})

export type CourseFile = z.infer<typeof courseSchema>
