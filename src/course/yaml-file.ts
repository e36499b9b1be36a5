import { isCollection, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml'
import type { z } from 'zod'
import { ContentError } from './content-error.ts'
import { controlCharacterAt } from './control-character.ts'

type Path = readonly PropertyKey[]

/** A YAML text with the means to say on which line something stands. */
export interface YamlFile {
  readonly file: string
  readonly value: unknown
  /** Where the value at this path (or the nearest one around it) stands. */
  locate(path: Path): { file: string; line: number; column: number }
}

/** Reads a YAML text. `firstLine` is the line of the file on which it begins (front matter begins at 2). */
export const readYaml = (file: string, text: string, firstLine = 1): YamlFile => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false })
  const at = (offset: number): { file: string; line: number; column: number } => {
    const { line, col } = lines.linePos(offset)
    return { file, line: line + firstLine - 1, column: col }
  }
  const [error] = document.errors
  if (error) throw new ContentError(at(error.pos[0]), `this is no valid YAML: ${sentence(error.message)}`)
  const value: unknown = toValue(document, () => {
    throw new ContentError(
      at(Math.max(0, text.search(/\*\w/))),
      'an alias (*name) is not allowed here; write the value out',
    )
  })
  const locate: YamlFile['locate'] = path => at(offsetOf(document.contents, path))
  const hidden = controlPath(value)
  if (hidden !== null)
    throw new ContentError(
      locate(hidden),
      'this text has a control character in it (an escape like \\e or \\x1b); remove it',
    )
  return { file, value, locate }
}

/** The plain value. Aliases are refused: a file of lessons needs none, and a few of them can stand for gigabytes. */
const toValue = (document: ReturnType<typeof parseDocument>, refuse: () => never): unknown => {
  try {
    return document.toJS({ maxAliasCount: 0 })
  } catch {
    return refuse()
  }
}

/** The path of the first text, key or value, with a control character in it; null when there is none. */
const controlPath = (value: unknown, path: Path = []): Path | null => {
  if (typeof value === 'string') return controlCharacterAt(value) < 0 ? null : path
  if (typeof value !== 'object' || value === null) return null
  for (const [key, member] of Object.entries(value)) {
    const here = [...path, Array.isArray(value) ? Number(key) : key]
    const found = controlCharacterAt(key) < 0 ? controlPath(member, here) : here
    if (found !== null) return found
  }
  return null
}

const sentence = (message: string): string =>
  (message.split('\n')[0] ?? message).replace(/[.:]?\s*$/, '').replace(/^./, first => first.toLowerCase())

const offsetOf = (root: Node | null, path: Path): number => {
  let node: unknown = root
  let offset = root?.range?.[0] ?? 0
  for (const step of path) {
    if (!isCollection(node)) return offset
    const pair = isMap(node)
      ? node.items.find(item => isScalar(item.key) && String(item.key.value) === String(step))
      : undefined
    const key = pair?.key
    if (isScalar(key) && key.range) offset = key.range[0]
    const next = pair ? pair.value : node.get(isMap(node) ? String(step) : Number(step), true)
    if (next === undefined || next === null) return offset
    node = next
    const range = (next as Node).range
    if (!pair && range) offset = range[0]
  }
  return offset
}

/** Checks a YAML file against a schema. Throws a ContentError that names line, column and remedy. */
export const validate = <T>(yaml: YamlFile, schema: z.ZodType<T>): T => {
  const result = schema.safeParse(yaml.value)
  if (result.success) return result.data
  const issue = deepest(result.error.issues)
  throw new ContentError(yaml.locate(issuePath(issue)), remedy(issue))
}

const issuePath = (issue: z.core.$ZodIssue): Path =>
  issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path

/** The issue that says most: inside a union, the branch that got furthest. */
const deepest = (issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue => {
  const candidates = issues.map(issue => {
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue
    const branches = issue.errors.filter(branch => branch.length > 0).map(branch => deepest(branch))
    const best = branches.reduce((a, b) => (issuePath(b).length > issuePath(a).length ? b : a))
    return issuePath(best).length === 0 ? issue : { ...best, path: [...issue.path, ...best.path] }
  })
  return candidates.reduce((a, b) => (b.path.length > a.path.length ? b : a))
}

const remedy = (issue: z.core.$ZodIssue): string => {
  const name = issue.path.length === 0 ? 'this file' : issue.path.map(String).join('.')
  switch (issue.code) {
    case 'unrecognized_keys':
      return `${name} has no key "${issue.keys[0] ?? ''}"; remove it or correct its spelling`
    case 'invalid_type':
      return `${name} must be ${article(issue.expected)}; ${issue.message.includes('undefined') ? 'add it' : 'change it'}`
    case 'invalid_value':
      return `${name} must be one of ${issue.values.map(value => String(value)).join(', ')}`
    case 'invalid_union':
      if ('options' in issue && Array.isArray(issue.options))
        return `${name} must be one of ${issue.options.map(value => String(value)).join(', ')}`
      return `${name} has none of the forms allowed here; compare it with the same key in another lesson`
    case 'too_small':
    case 'too_big':
      if (!issue.message.startsWith('Too ')) return `${name}: ${issue.message}`
      return issue.code === 'too_small'
        ? `${name} is too short or too small: at least ${issue.minimum} needed`
        : `${name} is too long or too large: at most ${issue.maximum} allowed`
    default:
      return `${name}: ${issue.message}`
  }
}

const article = (type: string): string => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`)
