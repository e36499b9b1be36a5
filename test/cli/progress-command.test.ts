import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openProgressStore } from '../../src/progress/progress-store.ts'
import { freshHome, happened, marksOnDisk } from '../progress/home.ts'
import { netsplit } from './session.ts'

const usedHome = (...marks: readonly string[]): string => {
  const directory = freshHome()
  openProgressStore({ directory }).append(marks.map(happened))
  return directory
}

const at = (directory: string) => ({ env: { NETSPLIT_CONFIG_DIR: directory } })

describe('progress show', () => {
  test('tells where to continue, the tracks, the certainty and where the file is', async () => {
    const directory = freshHome()
    const answer = { kind: 'choices', choices: [0] } as const
    openProgressStore({ directory }).append([
      { kind: 'position', lesson: 'cap/cp-or-ap', page: 'hook' },
      { kind: 'answered', lesson: 'cap/cp-or-ap', item: 'q1', answer, right: true, certainty: 3, attempt: 1 },
      { kind: 'answered', lesson: 'cap/cp-or-ap', item: 'q2', answer, right: false, certainty: 3, attempt: 1 },
    ])
    const { exit, out, err } = await netsplit(['progress', 'show'], at(directory))
    expect({ exit, err }).toEqual({ exit: 0, err: '' })
    await expect(out.replace(directory, 'CONFIG')).toMatchFileSnapshot('golden/progress.txt')
    expect((await netsplit(['progress'], at(directory))).out).toBe(out)
  })

  test('writes nothing, not even a folder', async () => {
    const directory = join(freshHome(), 'never')
    const { out } = await netsplit(['progress'], at(directory))
    expect(out).toContain('Nothing begun yet')
    expect(existsSync(directory)).toBe(false)
  })

  test('names a damaged file in one line on stderr', async () => {
    const directory = usedHome('one')
    writeFileSync(join(directory, 'progress.json'), 'garbage')
    const { exit, err } = await netsplit(['progress'], at(directory))
    expect(exit).toBe(0)
    expect(err).toMatch(/^netsplit: progress\.json is not whole: it is kept as .*\n$/)
  })

  test('does not let escape sequences out of the file onto the terminal', async () => {
    const directory = freshHome()
    openProgressStore({ directory }).append([{ kind: 'position', lesson: 'x\u001b[2Jy', page: 'hook' }])
    const { out } = await netsplit(['progress'], at(directory))
    expect(out).toContain('Continue with  xy\n')
  })
})

describe('progress export and import', () => {
  test('carry everything to another machine, and importing again changes nothing', async () => {
    const here = usedHome('one', 'two')
    const there = usedHome('three')
    const file = join(freshHome(), 'progress-export.json')
    expect(await netsplit(['progress', 'export', file], at(here))).toMatchObject({
      exit: 0,
      out: `Exported 2 events to "${file}".\n`,
    })
    expect(await netsplit(['progress', 'import', file], at(there))).toMatchObject({
      exit: 0,
      out: `Imported 2 new events from "${file}"; 0 were known already.\n`,
    })
    expect(await netsplit(['progress', 'import', file], at(there))).toMatchObject({
      exit: 0,
      out: `Imported 0 new events from "${file}"; 2 were known already.\n`,
    })
    expect(marksOnDisk(there).sort()).toEqual(['one', 'three', 'two'])
  })

  test('pass through a pipe', async () => {
    const { out } = await netsplit(['progress', 'export', '-'], at(usedHome('one')))
    const there = freshHome()
    await netsplit(['progress', 'import', '-'], { ...at(there), stdin: Buffer.from(out) })
    expect(marksOnDisk(there)).toEqual(['one'])
  })

  test('an export does not overwrite a file unless told to', async () => {
    const file = join(freshHome(), 'f.json')
    writeFileSync(file, 'precious')
    const here = at(usedHome('one'))
    expect(await netsplit(['progress', 'export', file], here)).toMatchObject({
      exit: 2,
      err: `netsplit: "${file}" exists; choose another name, or write over it with --force\n`,
    })
    expect(readFileSync(file, 'utf8')).toBe('precious')
    expect((await netsplit(['progress', 'export', file, '--force'], here)).exit).toBe(0)
    expect(readFileSync(file, 'utf8')).toContain('one')
  })

  test('an export to a folder that is not there says so', async () => {
    const { exit, err } = await netsplit(['progress', 'export', '/nowhere/f.json'], at(usedHome('one')))
    expect(exit).toBe(2)
    expect(err).toBe(
      'netsplit: nothing was exported: "/nowhere/f.json" cannot be written (ENOENT); choose another place\n',
    )
  })

  const unfit: readonly [string, string | Buffer, RegExp][] = [
    ['empty', '', /is empty; a file made by "netsplit progress export" is needed/],
    ['binary', Buffer.from([0, 255, 1]), /holds bytes that are no text/],
    ['cut off', '{"format":"netsplit-progress/1","events":[\n{"id":"a"},\n{"id"', /is not whole/],
    ['of another program', '{}', /is no progress file/],
    ['of a later format', '{"format":"netsplit-progress/2"}', /is of a later netsplit .*; update netsplit first/],
    ['with events that are none', '{"format":"netsplit-progress/1","events":[1]}', /something other than events/],
  ]
  test.each(unfit)('a file that is %s is not imported, not even in part', async (_, contents, sentence) => {
    const directory = usedHome('one')
    const file = join(directory, 'import.json')
    writeFileSync(file, contents)
    const { exit, out, err } = await netsplit(['progress', 'import', file], at(directory))
    expect({ exit, out }).toEqual({ exit: 2, out: '' })
    expect(err).toMatch(sentence)
    expect(err.trim().split('\n')).toHaveLength(1)
    expect(marksOnDisk(directory)).toEqual(['one'])
  })

  test('an import that cannot be saved says so and exits 2', async () => {
    const file = join(freshHome(), 'f.json')
    await netsplit(['progress', 'export', file], at(usedHome('one')))
    const { exit, err } = await netsplit(['progress', 'import', file], at(join(file, 'below-a-file')))
    expect(exit).toBe(2)
    expect(err).toMatch(/Nothing is saved: .* is not a folder; set NETSPLIT_CONFIG_DIR/)
  })
})

describe('progress reset', () => {
  const copies = (directory: string): string[] => readdirSync(directory).filter(name => name.includes('before-reset'))

  test('asks, and no is no', async () => {
    const directory = usedHome('one')
    const { exit, out, err } = await netsplit(['progress', 'reset'], {
      ...at(directory),
      terminal: true,
      answer: false,
    })
    expect({ exit, out, err }).toEqual({
      exit: 1,
      out: 'Nothing was changed.\n',
      err: 'Forget 1 event of progress? A copy is kept. [y/N] ',
    })
    expect(marksOnDisk(directory)).toEqual(['one'])
  })

  test('keeps a copy that brings everything back', async () => {
    const directory = usedHome('one')
    const { exit, out } = await netsplit(['progress', 'reset'], { ...at(directory), terminal: true, answer: true })
    expect(exit).toBe(0)
    expect(marksOnDisk(directory)).toEqual([])
    const [copy = ''] = copies(directory)
    expect(out).toContain(copy)
    await netsplit(['progress', 'import', join(directory, copy)], at(directory))
    expect(marksOnDisk(directory)).toEqual(['one'])
  })

  test('without a terminal wants --yes', async () => {
    const directory = usedHome('one')
    expect(await netsplit(['progress', 'reset'], at(directory))).toMatchObject({
      exit: 2,
      err: 'netsplit: netsplit progress reset asks before it forgets; without a terminal, say --yes\n',
    })
    expect((await netsplit(['progress', 'reset', '--yes'], at(directory))).exit).toBe(0)
    expect(marksOnDisk(directory)).toEqual([])
  })
})
