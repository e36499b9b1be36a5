import type { LabDefinition } from '../lab/definition.ts'
import { LabError } from '../lab/lab-error.ts'
import { ContentError } from './content-error.ts'
import { frontMatterSchema } from './front-matter.ts'
import { labDefinition, labSchema } from './lab-schema.ts'
import type { Lesson } from './lesson.ts'
import { type Page, parsePages } from './page.ts'
import { type QuizItem, quizSchema } from './quiz-item.ts'
import { readYaml, validate, type YamlFile } from './yaml-file.ts'

/** A content file: its name for messages, and its text. */
export interface TextFile {
  readonly file: string
  readonly text: string
}

/** The files of a lesson's folder. */
export interface LessonFiles {
  /** `track/lesson`, from the folder's place. */
  readonly id: string
  readonly lesson: TextFile
  readonly lab: TextFile
  readonly quiz: TextFile
}

/** What parsing needs from the laboratory. */
export interface Laboratory {
  /** Throws LabError when the lab cannot be run. */
  check(lab: LabDefinition): void
  /** The number that a claim of the lab measures, as prose prints it; `field` is `share`, `number`, ... */
  quote(lab: LabDefinition, claim: string, field: string): string
}

/** Reads a lesson. Throws ContentError with file, line and remedy at the first thing that is wrong. */
export const parseLesson = (files: LessonFiles, laboratory: Laboratory): Lesson => {
  const { matter, body, bodyLine } = splitFrontMatter(files.lesson)
  const head = readYaml(files.lesson.file, matter, 2)
  const front = validate(head, frontMatterSchema)
  if (front.id !== files.id)
    throw new ContentError(
      head.locate(['id']),
      `the id is "${front.id}" but the folder says "${files.id}"; make them the same`,
    )
  const lab = parseLab(files.lab, front, laboratory)
  const quiz = parseQuiz(files.quiz, lab)
  const prose = quoteNumbers(body, files.lesson.file, bodyLine, (claim, field) => laboratory.quote(lab, claim, field))
  const pages = parsePages(prose, files.lesson.file, bodyLine)
  for (const page of pages) checkPage(page, lab, files.lesson.file)
  checkOrder(pages, files.lesson.file)
  return { ...front, track: files.id.split('/')[0] ?? '', pages, lab, quiz }
}

const splitFrontMatter = ({ file, text }: TextFile): { matter: string; body: string; bodyLine: number } => {
  const lines = text.replace(/\r\n/g, '\n').split('\n')
  const end = lines.indexOf('---', 1)
  if (lines[0] !== '---' || end < 0)
    throw new ContentError(
      { file, line: 1 },
      'the front matter is missing; begin the file with a line ---, the keys, and another line ---',
    )
  return { matter: lines.slice(1, end).join('\n'), body: lines.slice(end + 1).join('\n'), bodyLine: end + 2 }
}

/** Reads and checks a lab's file; the lab is named after what it belongs to. */
export const parseLab = (
  text: TextFile,
  { id, title }: { readonly id: string; readonly title: string },
  laboratory: Laboratory,
): LabDefinition => {
  const yaml = readYaml(text.file, text.text)
  const lab = labDefinition(validate(yaml, labSchema), id, title)
  checkLab(lab, yaml, laboratory)
  return lab
}

const checkLab = (lab: LabDefinition, yaml: YamlFile, laboratory: Laboratory): void => {
  try {
    laboratory.check(lab)
  } catch (error) {
    if (error instanceof LabError) throw new ContentError(yaml.locate(error.path), error.message)
    throw error
  }
}

const parseQuiz = (file: TextFile, lab: LabDefinition): readonly QuizItem[] => {
  const yaml = readYaml(file.file, file.text)
  const { items } = validate(yaml, quizSchema)
  const predictions = (lab.predictions ?? []).map(prediction => prediction.id)
  for (const [index, item] of items.entries()) {
    const first = items.findIndex(other => other.id === item.id)
    if (first !== index)
      throw new ContentError(yaml.locate(['items', index, 'id']), `two items have the id "${item.id}"; rename one`)
    if (item.kind === 'run' && !predictions.includes(item.prediction))
      throw new ContentError(
        yaml.locate(['items', index, 'prediction']),
        unknownName('prediction', item.prediction, predictions),
      )
  }
  return items
}

const unknownName = (what: string, name: string, known: readonly string[]): string =>
  `the lab has no ${what} "${name}"; ${known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`}`

const reference = /\{\{([a-z0-9-]+)\.([a-z]+(?::[^}]+)?)\}\}/g

/** Puts the numbers that claims measure where prose refers to them, `{{claim.share}}`. */
const quoteNumbers = (
  text: string,
  file: string,
  firstLine: number,
  quote: (claim: string, field: string) => string,
): string =>
  text
    .split('\n')
    .map((line, index) =>
      line.replace(reference, (_, claim: string, field: string) => {
        try {
          return quote(claim, field)
        } catch (error) {
          throw new ContentError(
            { file, line: firstLine + index },
            error instanceof Error ? error.message : String(error),
          )
        }
      }),
    )
    .join('\n')

const checkPage = (page: Page, lab: LabDefinition, file: string): void => {
  const predictions = (lab.predictions ?? []).map(({ id }) => id)
  const goals = (lab.goals ?? []).map(({ id }) => id)
  const about = page.kind === 'predict' || page.kind === 'observe' ? 'prediction' : 'goal'
  const known = about === 'prediction' ? predictions : goals
  const wrong = page.subjects.find(subject => !known.includes(subject))
  if (wrong !== undefined) throw new ContentError({ file, line: page.line }, unknownName(about, wrong, known))
  const needed = about === 'prediction' ? 1 : page.kind === 'goal' || page.kind === 'attempt' ? 1 : 0
  if (page.subjects.length < needed)
    throw new ContentError(
      { file, line: page.line },
      `a page of kind ${page.kind} names its ${about} after the kind, as in "## ${page.kind} ${known[0] ?? 'id'}: Title"`,
    )
}

/** Predict, then look: what is observed stands right after its prediction. */
const checkOrder = (pages: readonly Page[], file: string): void => {
  for (const [index, page] of pages.entries()) {
    const before = pages[index - 1]
    if (page.kind === 'observe' && (before?.kind !== 'predict' || before.subjects[0] !== page.subjects[0]))
      throw new ContentError(
        { file, line: page.line },
        `the page that observes ${page.subjects[0] ?? ''} must follow the page that predicts it`,
      )
    if (before?.kind === 'predict' && page.kind !== 'observe')
      throw new ContentError({ file, line: page.line }, 'a page of kind predict is followed by one of kind observe')
  }
}
