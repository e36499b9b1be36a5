import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

/** Each folder of src/ and what it may import besides itself; the files beside them may import everything. */
const LAYERS: { readonly [layer: string]: readonly string[] } = {
  kernel: [],
  sim: ['kernel'],
  protocols: ['kernel'],
  check: ['kernel'],
  lab: ['kernel', 'sim', 'protocols', 'check'],
  course: ['kernel', 'sim', 'protocols', 'check', 'lab'],
  progress: ['kernel', 'sim', 'protocols', 'check', 'lab', 'course'],
  tui: ['kernel', 'sim', 'protocols', 'check', 'lab', 'course', 'progress'],
  cli: ['kernel', 'sim', 'protocols', 'check', 'lab', 'course', 'progress', 'tui'],
}
const PURE = ['kernel', 'sim', 'protocols', 'check', 'lab']

/** The packages that pure folders may use: nothing of the machine in them. */
const PURE_PACKAGES = ['immer']

const filesUnder = (folder: string, ends: RegExp): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && ends.test(entry.name))
    .map(entry => relative('.', join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()

const sources = filesUnder('src', /\.tsx?$/)
const tests = filesUnder('test', /\.tsx?$/)
const tools = [...filesUnder('build', /\.mjs$/), ...filesUnder('bench', /\.ts$/), ...filesUnder('bin', /\.js$/)]
const read = (file: string): string => readFileSync(file, 'utf8')
const linesOf = (file: string): number => read(file).trimEnd().split('\n').length

const layerOf = (file: string): string | undefined =>
  Object.keys(LAYERS).find(layer => file.startsWith(`src/${layer}/`))

/** Where a file's imports lead, `import()` and `export ... from` among them. */
const importsOf = (file: string): string[] =>
  [...read(file).matchAll(/(?:\bfrom |\bimport\(|^import )'([^']+)'\)?(?= with |[;,).\n])/gm)].map(
    match => match[1] ?? '',
  )

/** Code without comments, and without what its strings say. */
const codeOf = (file: string): string =>
  read(file)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''")
    .replace(/(^|\s)\/\/.*$/gm, '$1')

/** Files and what is wrong with them; empty when all is well. */
const offences = (files: readonly string[], look: (file: string) => readonly string[]): string[] =>
  files.flatMap(file => look(file).map(what => `${file}: ${what}`))

const matches = (pattern: RegExp) => (file: string) => [...codeOf(file).matchAll(pattern)].map(match => match[0])

describe('the layers', () => {
  it('have every folder of src/', () => {
    const folders = readdirSync('src', { withFileTypes: true }).filter(entry => entry.isDirectory())
    expect(folders.map(entry => entry.name).sort()).toEqual(Object.keys(LAYERS).sort())
  })

  it('import only from their left', () => {
    const wrong = offences(sources, file => {
      const layer = layerOf(file)
      if (layer === undefined) return []
      const allowed = [layer, ...(LAYERS[layer] ?? [])]
      return importsOf(file).filter(target => {
        if (!target.startsWith('.')) return false
        const at = relative('.', resolve(dirname(file), target)).replaceAll('\\', '/')
        return !allowed.includes(layerOf(at) ?? at)
      })
    })
    expect(wrong).toEqual([])
  })

  it('keep Ink to the screen, conf to the progress, yargs to the command line', () => {
    const homes: readonly (readonly [RegExp, string])[] = [
      [/^(ink|react)/, 'tui'],
      [/^conf$/, 'progress'],
      [/^yargs/, 'cli'],
      [/^(yaml|marked|zod)/, 'course'],
    ]
    const wrong = offences(sources, file =>
      importsOf(file).filter(target => homes.some(([name, home]) => name.test(target) && layerOf(file) !== home)),
    )
    expect(wrong).toEqual([])
  })

  it('have no file that only hands on what others export', () => {
    expect(sources.filter(file => /(^|\/)index\.tsx?$/.test(file))).toEqual([])
  })
})

describe('the pure folders', () => {
  const pure = sources.filter(file => PURE.includes(layerOf(file) ?? ''))

  it('know no clock, no chance and no machine', () => {
    // What the compiler and Biome cannot see as well as what they can: `process` and `fetch` are words of the field, too.
    const words =
      /\bDate\b|\bMath\.random\b|\bset(Timeout|Interval|Immediate)\b|\bperformance\b|\bconsole\b|\bglobalThis\b/g
    expect(offences(pure, matches(words))).toEqual([])
  })

  it('raise nothing to a power, which differs in the last bit between versions of V8', () => {
    expect(offences(pure, matches(/\bMath\.pow\b|[\w)\]] ?\*\*=? ?[\w(]/g))).toEqual([])
  })

  it('import no package that does', () => {
    const foreign = offences(pure, file =>
      importsOf(file).filter(target => !target.startsWith('.') && !PURE_PACKAGES.includes(target)),
    )
    expect(foreign).toEqual([])
  })
})

describe('sizes', () => {
  it('of files stay within 300 lines, of protocols within 400', () => {
    const long = [...sources, ...tests, ...tools].filter(
      file => linesOf(file) > (file.startsWith('src/protocols/') ? 400 : 300),
    )
    expect(long).toEqual([])
  })
})

describe('no file', () => {
  const all = [
    ...sources,
    ...tests.filter(file => file !== 'test/tidy.test.ts'),
    ...tools,
    ...filesUnder('lessons', /\.(md|yaml)$/),
    ...readdirSync('.').filter(name => /\.(md|json)$/.test(name) && name !== 'package-lock.json'),
  ]

  it('puts something off', () => {
    expect(offences(all, file => read(file).match(/\b(TODO|FIXME|XXX|HACK)\b/g) ?? [])).toEqual([])
  })

  it('names a place of one machine', () => {
    const places = /(?<![\w.~])\/(?:work|root|tmp|home)\/[\w.-]+/g
    // Examples of paths in tests are no places.
    const files = all.filter(file => !file.startsWith('test/'))
    expect(offences(files, file => read(file).match(places) ?? [])).toEqual([])
    expect(offences(all, file => read(file).match(/\/(?:work|root)\/\w+/g) ?? [])).toEqual([])
  })

  it('is named after nothing', () => {
    const vague = /(^|\/)(utils?|helpers?|common|misc|manager)(\.|\/)/i
    expect([...sources, ...tests, ...tools].filter(file => vague.test(file))).toEqual([])
  })
})

describe('tests', () => {
  it('are all run', () => {
    expect(offences(tests, matches(/\b(?:it|describe|test)\.(?:only|skip|todo|fails)\b/g))).toEqual([])
  })

  it('wait for conditions, never for durations', () => {
    // The terminal of the tests gives up after a time limit, its small program throws in a timer, and pictures are no tests.
    const timed = ['test/tidy.test.ts', 'test/e2e/terminal.ts', 'test/e2e/fixture.tsx', 'test/e2e/shot.ts']
    const rest = tests.filter(file => !timed.includes(file))
    expect(offences(rest, matches(/\bsetTimeout\(|\bsleep\(|waitForTimeout/g))).toEqual([])
  })
})
