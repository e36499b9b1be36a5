import { readFileSync } from 'node:fs'
import { createLaboratory, labOf } from '../../src/course/laboratory.ts'
import { parseLab } from '../../src/course/parse-lesson.ts'
import type { Lab } from '../../src/lab/lab.ts'

/** A lesson's lab, read from the content as it lies in the repository. */
export const contentLab = (lesson: string): Lab => {
  const file = `lessons/${lesson}/lab.yaml`
  return labOf(parseLab({ file, text: readFileSync(file, 'utf8') }, { id: lesson, title: lesson }, createLaboratory()))
}
