import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openProgressStore } from '../../src/progress/progress-store.ts'
import { readProgress } from '../../src/progress/read-progress.ts'
import { faultyFileSystem, systemError } from './faulty-file-system.ts'
import { freshHome, happened, marksOnDisk } from './home.ts'

describe('saving', () => {
  test('what was appended is on disk when append returns', () => {
    const directory = join(freshHome(), 'not', 'yet', 'there')
    const store = openProgressStore({ directory })
    expect(store.events).toEqual([])
    expect(store.append([happened('one'), happened('two')])).toEqual({ saved: true })
    expect(marksOnDisk(directory)).toEqual(['one', 'two'])
    expect(store.progress().lessons.get('cap/cp-or-ap')?.reflection).toBe('two')
  })

  test('the file and its folder are the user’s alone', () => {
    const directory = join(freshHome(), 'netsplit')
    openProgressStore({ directory }).append([happened('one')])
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    expect(statSync(join(directory, 'progress.json')).mode & 0o777).toBe(0o600)
  })

  test('the file before the last write lies beside it, and nothing else does', () => {
    const directory = freshHome()
    const store = openProgressStore({ directory })
    for (const mark of ['one', 'two', 'three']) store.append([happened(mark)])
    expect(readdirSync(directory).sort()).toEqual(['progress.backup.json', 'progress.json'])
    expect(readFileSync(join(directory, 'progress.backup.json'), 'utf8')).not.toContain('three')
    expect(readFileSync(join(directory, 'progress.backup.json'), 'utf8')).toContain('two')
  })

  test('each write is synced, renamed into place, and the folder synced, in this order', () => {
    const directory = freshHome()
    const calls: string[] = []
    const fileSystem = faultyFileSystem((call, path) => {
      if (call === 'fsyncSync' || (call === 'renameSync' && String(path).includes('progress.json'))) calls.push(call)
    })
    openProgressStore({ directory, fileSystem }).append([happened('one')])
    expect(calls).toEqual(['fsyncSync', 'renameSync', 'fsyncSync'])
  })

  test('a disk that takes seven bytes at a time gets the whole file all the same', () => {
    const directory = freshHome()
    const fileSystem = faultyFileSystem(() => {}, 7)
    expect(openProgressStore({ directory, fileSystem }).append([happened('one')])).toEqual({ saved: true })
    expect(marksOnDisk(directory)).toEqual(['one'])
  })

  test('the same page read twice is one event and no second write', () => {
    const directory = freshHome()
    const store = openProgressStore({ directory })
    store.append([{ kind: 'page-read', lesson: 'a/b', page: 'hook' }])
    const before = statSync(join(directory, 'progress.json')).ino
    store.append([{ kind: 'page-read', lesson: 'a/b', page: 'hook' }])
    expect(store.events).toHaveLength(1)
    expect(statSync(join(directory, 'progress.json')).ino).toBe(before)
  })

  test('a progress file that is a symbolic link stays one', () => {
    const directory = freshHome()
    const elsewhere = join(freshHome(), 'dotfiles.json')
    openProgressStore({ directory: freshHome() }).append([])
    writeFileSync(elsewhere, '{"format":"netsplit-progress/1","events":[]}')
    symlinkSync(elsewhere, join(directory, 'progress.json'))
    openProgressStore({ directory }).append([happened('one')])
    expect(readFileSync(elsewhere, 'utf8')).toContain('one')
    expect(marksOnDisk(directory)).toEqual(['one'])
  })

  test('text with escape sequences comes back as it was', () => {
    const directory = freshHome()
    openProgressStore({ directory }).append([happened('\u001b[2J\u0007\u2028"\\\n')])
    expect(marksOnDisk(directory)).toEqual(['\u001b[2J\u0007\u2028"\\\n'])
    expect(readFileSync(join(directory, 'progress.json'), 'utf8')).not.toContain('\u001b')
  })
})

describe('two copies', () => {
  test('each writes what the other wrote too', () => {
    const directory = freshHome()
    const one = openProgressStore({ directory })
    const two = openProgressStore({ directory })
    one.append([happened('a')])
    two.append([happened('b')])
    one.append([happened('c')])
    expect(marksOnDisk(directory).sort()).toEqual(['a', 'b', 'c'])
    expect(one.events).toHaveLength(3)
    expect(two.events).toHaveLength(2)
  })

  test('a reset in one is not undone by the other, which keeps what it has still to say', () => {
    const directory = freshHome()
    const one = openProgressStore({ directory })
    one.append([happened('old')])
    const two = openProgressStore({ directory })
    const { status, copy } = one.reset()
    expect(status).toEqual({ saved: true })
    expect(readFileSync(copy ?? '', 'utf8')).toContain('old')
    two.append([happened('new')])
    expect(marksOnDisk(directory)).toEqual(['new'])
    expect(two.events).toHaveLength(1)
  })

  test('after a reset not even the backup knows the old events', () => {
    const directory = freshHome()
    const store = openProgressStore({ directory })
    store.append([happened('one')])
    store.append([happened('two')])
    store.reset()
    writeFileSync(join(directory, 'progress.json'), '')
    expect(readProgress(directory).document.events).toEqual([])
  })

  test('importing the same file twice changes nothing the second time', () => {
    const source = openProgressStore({ directory: freshHome() })
    source.append([happened('one'), { kind: 'lesson-finished', lesson: 'a/b' }])
    const target = openProgressStore({ directory: freshHome() })
    target.append([{ kind: 'lesson-finished', lesson: 'a/b' }])
    target.unite(source.events)
    expect(target.events).toHaveLength(2)
    const once = target.events
    expect(target.unite(source.events)).toEqual({ saved: true })
    expect(target.events).toBe(once)
  })
})

describe('a disk that refuses', () => {
  const refusals: readonly [string, string, RegExp][] = [
    ['EROFS', 'mkdirSync', /read-only\); set NETSPLIT_CONFIG_DIR/],
    ['EACCES', 'openSync', /no permission to write in .*; set NETSPLIT_CONFIG_DIR/],
    ['ENOSPC', 'writeSync', /full; free some space/],
    ['ENOSPC', 'fsyncSync', /full; free some space/],
    ['EIO', 'renameSync', /failed \(EIO\)/],
  ]
  test.each(refusals)(
    '%s at %s: it works on, says so in one sentence, and saves everything later',
    (code, call, sentence) => {
      const directory = freshHome()
      openProgressStore({ directory }).append([happened('before')])
      let broken = true
      const fileSystem = faultyFileSystem(name => {
        if (broken && name === call) throw systemError(code)
      })
      const store = openProgressStore({ directory, fileSystem })
      const status = store.append([happened('one')])
      expect(status).toEqual({ saved: false, message: expect.stringMatching(sentence) })
      expect(store.status).toEqual(status)
      expect(store.events).toHaveLength(2)
      expect(marksOnDisk(directory)).toEqual(['before'])
      broken = false
      expect(store.append([happened('two')])).toEqual({ saved: true })
      expect(marksOnDisk(directory)).toEqual(['before', 'one', 'two'])
    },
  )

  test('a disk that fills up in the middle of the file leaves the old one whole', () => {
    const directory = freshHome()
    openProgressStore({ directory }).append([happened('before')])
    // The lock's own file takes two of the four writes that succeed.
    let room = 160
    const fileSystem = faultyFileSystem(call => {
      if (call !== 'writeSync') return
      room -= 40
      if (room < 0) throw systemError('ENOSPC')
    }, 40)
    expect(openProgressStore({ directory, fileSystem }).append([happened('one')]).saved).toBe(false)
    expect(marksOnDisk(directory)).toEqual(['before'])
    expect(readdirSync(directory).filter(name => name.endsWith('.tmp'))).toEqual([])
  })

  test('a disk that writes nothing and reports no error counts as full', () => {
    const directory = freshHome()
    const fileSystem = faultyFileSystem(() => {}, 0)
    const status = openProgressStore({ directory, fileSystem }).append([happened('one')])
    expect(status).toEqual({ saved: false, message: expect.stringContaining('is full') })
    expect(existsSync(join(directory, 'progress.json'))).toBe(false)
  })

  test('a folder that is a file', () => {
    const directory = join(freshHome(), 'netsplit')
    writeFileSync(directory, 'something else')
    const store = openProgressStore({ directory })
    expect(store.append([happened('one')])).toEqual({
      saved: false,
      message: expect.stringContaining('is not a folder; set NETSPLIT_CONFIG_DIR'),
    })
    expect(readFileSync(directory, 'utf8')).toBe('something else')
  })

  test('a progress file that is a folder', () => {
    const directory = freshHome()
    mkdirSync(join(directory, 'progress.json'))
    const store = openProgressStore({ directory })
    expect(store.notice).toContain('cannot be read (EISDIR)')
    expect(store.append([happened('one')]).saved).toBe(false)
    expect(store.events).toHaveLength(1)
  })
})

describe('a lock', () => {
  test('left by a killed process is taken over at once', () => {
    const directory = freshHome()
    // No process has this number: Linux allows at most 4,194,304.
    writeFileSync(join(directory, 'progress.lock'), lockOf(4_194_305))
    expect(openProgressStore({ directory }).append([happened('one')])).toEqual({ saved: true })
    expect(existsSync(join(directory, 'progress.lock'))).toBe(false)
  })

  test('held by a living process is respected, and nothing is lost when it goes', () => {
    const directory = freshHome()
    const lock = join(directory, 'progress.lock')
    writeFileSync(lock, lockOf(process.pid))
    const fileSystem = faultyFileSystem(() => {})
    const store = openProgressStore({ directory, fileSystem, patienceMs: 0 })
    expect(store.append([happened('one')])).toEqual({
      saved: false,
      message: expect.stringContaining('another netsplit holds progress.lock'),
    })
    expect(readFileSync(lock, 'utf8')).toBe(lockOf(process.pid))
    writeFileSync(lock, lockOf(4_194_305))
    expect(store.append([happened('two')])).toEqual({ saved: true })
    expect(marksOnDisk(directory)).toEqual(['one', 'two'])
  })

  test('taken away in the middle of a write prevents it', () => {
    const directory = freshHome()
    const fileSystem = faultyFileSystem((call, path) => {
      if (call === 'renameSync' || !String(path).endsWith('.tmp') || call !== 'openSync') return
      if (String(path).includes('progress.json')) writeFileSync(join(directory, 'progress.lock'), lockOf(process.pid))
    })
    const store = openProgressStore({ directory, fileSystem })
    expect(store.append([happened('one')]).saved).toBe(false)
    expect(existsSync(join(directory, 'progress.json'))).toBe(false)
  })
})

const lockOf = (pid: number): string => JSON.stringify({ token: 'a'.repeat(18), pid, host: hostname() })
