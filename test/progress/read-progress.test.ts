import {
  closeSync,
  copyFileSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openProgressStore } from '../../src/progress/progress-store.ts'
import { readProgress } from '../../src/progress/read-progress.ts'
import { faultyFileSystem, systemError } from './faulty-file-system.ts'
import { freshHome, happened, marksOnDisk } from './home.ts'

/** A folder with three events saved one by one: the backup knows the first two. */
const usedHome = (): string => {
  const directory = freshHome()
  const store = openProgressStore({ directory })
  for (const mark of ['one', 'two', 'three']) store.append([happened(mark)])
  return directory
}

const fileOf = (directory: string): string => join(directory, 'progress.json')
const asides = (directory: string): string[] => readdirSync(directory).filter(name => name.includes('damaged'))

describe('a damaged progress file', () => {
  const damages: readonly [string, (path: string) => void, readonly string[]][] = [
    ['empty', path => writeFileSync(path, ''), ['one', 'two']],
    ['binary', path => writeFileSync(path, Buffer.from([0, 255, 254, 1, 2, 0])), ['one', 'two']],
    [
      'cut off after its last event',
      path => writeFileSync(path, readFileSync(path).subarray(0, -4)),
      ['one', 'two', 'three'],
    ],
    ['cut off within an event', path => writeFileSync(path, readFileSync(path).subarray(0, -40)), ['one', 'two']],
    ['of another program', path => writeFileSync(path, '{"theme":"dark"}'), ['one', 'two']],
    ['a list', path => writeFileSync(path, '[1,2,3]'), ['one', 'two']],
    ['nothing but null', path => writeFileSync(path, 'null'), ['one', 'two']],
    [
      'with events that are none',
      path => writeFileSync(path, '{"format":"netsplit-progress/1","events":[7]}'),
      ['one', 'two'],
    ],
    ['of 100 MB', path => makeSparse(path, 100 * 1024 * 1024), ['one', 'two']],
  ]
  test.each(damages)('%s: it is kept aside, told in one sentence, and the rest is recovered', (_, damage, expected) => {
    const directory = usedHome()
    damage(fileOf(directory))
    const damaged = readFileSync(fileOf(directory))
    const found = readProgress(directory)
    expect(found.document.events.map(event => event.text)).toEqual(expected)
    expect(asides(directory)).toHaveLength(1)
    const [aside = ''] = asides(directory)
    expect(found.notice).toMatch(
      /^progress\.json [^.]*: it is kept as progress\.damaged-\d{8}T\d{6}\.\d{3}Z\.json, and its backup is used \(\d events recovered\)\.$/,
    )
    expect(found.notice).toContain(aside)
    expect(readFileSync(join(directory, aside)).equals(damaged)).toBe(true)

    readProgress(directory)
    expect(asides(directory)).toHaveLength(1)

    const store = openProgressStore({ directory })
    expect(store.append([happened('four')])).toEqual({ saved: true })
    expect(marksOnDisk(directory)).toEqual([...expected, 'four'])
    expect(readProgress(directory).notice).toBeNull()
    expect(readFileSync(join(directory, aside)).equals(damaged)).toBe(true)
  })

  test('that is damaged while the tutor runs loses nothing', () => {
    const directory = freshHome()
    const store = openProgressStore({ directory })
    store.append([happened('one')])
    writeFileSync(fileOf(directory), 'garbage')
    expect(store.append([happened('two')])).toEqual({ saved: true })
    expect(store.notice).toContain('is not whole')
    expect(marksOnDisk(directory)).toEqual(['one', 'two'])
    expect(asides(directory)).toHaveLength(1)
  })

  test('never becomes the backup', () => {
    const directory = usedHome()
    writeFileSync(fileOf(directory), 'garbage')
    openProgressStore({ directory }).append([happened('four')])
    expect(readFileSync(join(directory, 'progress.backup.json'), 'utf8')).toContain('two')
  })

  test('in a folder that cannot be written is read all the same, and the sentence says so', () => {
    const directory = usedHome()
    writeFileSync(fileOf(directory), 'garbage')
    const fileSystem = faultyFileSystem(call => {
      if (call === 'linkSync' || call === 'copyFileSync') throw systemError('EROFS')
    })
    const found = readProgress(directory, fileSystem)
    expect(found.notice).toContain('it could not be copied aside (EROFS), and its backup is used')
    expect(found.document.events).toHaveLength(2)
  })

  test('without a backup starts anew', () => {
    const directory = freshHome()
    writeFileSync(fileOf(directory), '')
    expect(readProgress(directory)).toMatchObject({
      document: { events: [] },
      notice: expect.stringContaining('is empty'),
    })
  })
})

describe('a progress file that is not there', () => {
  test('at the first start there is nothing to say', () => {
    expect(readProgress(join(freshHome(), 'never'))).toMatchObject({ notice: null, writable: true })
  })

  test('but whose backup is: the backup is used', () => {
    const directory = usedHome()
    rmSync(fileOf(directory))
    const found = readProgress(directory)
    expect(found.notice).toContain('progress.json is missing')
    expect(found.document.events).toHaveLength(2)
  })
})

describe('a progress file of a later netsplit', () => {
  test('keeps members and events that this one does not know', () => {
    const directory = freshHome()
    const later = {
      format: 'netsplit-progress/1',
      version: 5,
      installation: 'far',
      epoch: 0,
      badges: { first: [1, 2] },
      events: [{ id: 'x', v: 9, kind: 'reviewed', deep: { list: [1, { a: null }] } }],
    }
    writeFileSync(fileOf(directory), JSON.stringify(later))
    const store = openProgressStore({ directory })
    expect(store.append([happened('one')])).toEqual({ saved: true })
    const after = JSON.parse(readFileSync(fileOf(directory), 'utf8'))
    expect(after).toMatchObject({ ...later, events: [later.events[0], { text: 'one', by: 'far' }] })
  })

  test('of another format is left alone, and nothing is saved', () => {
    const directory = freshHome()
    const text = '{"format":"netsplit-progress/2","entries":{}}'
    writeFileSync(fileOf(directory), text)
    const store = openProgressStore({ directory })
    const expected = { saved: false, message: expect.stringContaining('was written by a later netsplit') }
    expect(store.status).toEqual(expected)
    expect(store.append([happened('one')])).toEqual(expected)
    expect(store.events).toHaveLength(1)
    expect(readdirSync(directory)).toEqual(['progress.json'])
    expect(readFileSync(fileOf(directory), 'utf8')).toBe(text)
  })

  test('that takes the place of ours while the tutor runs is left alone too', () => {
    const directory = usedHome()
    const store = openProgressStore({ directory })
    writeFileSync(fileOf(directory), '{"format":"netsplit-progress/2"}')
    expect(store.append([happened('four')])).toMatchObject({ saved: false })
    expect(readFileSync(fileOf(directory), 'utf8')).toBe('{"format":"netsplit-progress/2"}')
  })
})

test('a file that a person has laid out anew is read and written', () => {
  const directory = usedHome()
  const path = fileOf(directory)
  writeFileSync(path, JSON.stringify(JSON.parse(readFileSync(path, 'utf8')), null, 4))
  copyFileSync(path, `${path}.mine`)
  openProgressStore({ directory }).append([happened('four')])
  expect(marksOnDisk(directory)).toEqual(['one', 'two', 'three', 'four'])
})

const makeSparse = (path: string, bytes: number): void => {
  const file = openSync(path, 'w')
  ftruncateSync(file, bytes)
  closeSync(file)
}
