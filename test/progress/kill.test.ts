import { spawn, spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openProgressStore } from '../../src/progress/progress-store.ts'
import { readProgress } from '../../src/progress/read-progress.ts'
import { buildWriterChild } from './build-writer-child.ts'
import { faultyFileSystem, systemError } from './faulty-file-system.ts'
import { freshHome, happened, marksOnDisk } from './home.ts'

let child: string
beforeAll(async () => {
  child = await buildWriterChild()
})

/** Numbers that look random and are the same in every run (Lehmer's generator). */
const seeded = (seed: number): ((below: number) => number) => {
  let state = seed
  return below => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

describe('kill -9', () => {
  test('at 30 seeded moments: progress always loads, and nothing acknowledged is lost', () => {
    const directory = freshHome()
    const draw = seeded(20_260_131)
    const acknowledged: string[] = []
    for (let moment = 0; moment < 30; moment++) {
      const fatalCall = String(1 + draw(600))
      const bytes = String(moment % 2 === 0 ? 0 : 16 + draw(400))
      const { stdout, stderr, signal } = spawnSync(
        process.execPath,
        [child, directory, `m${moment}`, '60', fatalCall, bytes],
        { encoding: 'utf8' },
      )
      expect(stderr).toBe('')
      expect(signal).toBe('SIGKILL')
      acknowledged.push(...stdout.split('\n').filter(mark => mark !== ''))
      const { notice } = readProgress(directory)
      expect(notice).toBeNull()
      expect(marksOnDisk(directory)).toEqual(expect.arrayContaining(acknowledged))
    }
    expect(acknowledged.length).toBeGreaterThan(60)
    expect(acknowledged.filter(line => line.startsWith('!'))).toEqual([])
  })

  test('before any single call of a save leaves a file that loads, with all that was saved before', () => {
    let calls = 0
    let lastCall = Number.POSITIVE_INFINITY
    const fileSystem = faultyFileSystem(() => {
      calls += 1
      // A dead process makes no further call.
      if (calls >= lastCall) throw systemError('EIO')
    }, 64)
    const directory = freshHome()
    const saveOnce = (mark: string): boolean => {
      calls = 0
      return openProgressStore({ directory, fileSystem, patienceMs: 0 }).append([happened(mark)]).saved
    }
    saveOnce('first')
    saveOnce('second')
    const callsOfOneSave = calls
    expect(callsOfOneSave).toBeGreaterThan(20)
    const saved = ['first', 'second']
    for (let fatal = 1; fatal <= callsOfOneSave; fatal++) {
      lastCall = fatal
      if (saveOnce(`try-${fatal}`)) saved.push(`try-${fatal}`)
      expect(readProgress(directory).notice, `killed before call ${fatal}`).toBeNull()
      expect(marksOnDisk(directory)).toEqual(expect.arrayContaining(saved))
      lastCall = Number.POSITIVE_INFINITY
      // This process is alive, so the lock that the dead one left is not taken for stale before ten seconds.
      rmSync(join(directory, 'progress.lock'), { force: true })
      expect(saveOnce(`after-${fatal}`)).toBe(true)
      saved.push(`after-${fatal}`)
    }
  })
})

test('two processes that append a hundred events each lose none of each other’s', async () => {
  const directory = freshHome()
  const run = (name: string): Promise<number | null> =>
    new Promise((resolve, reject) => {
      const writer = spawn(process.execPath, [child, directory, name, '100'], {
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      writer.on('error', reject)
      writer.on('exit', resolve)
    })
  expect(await Promise.all([run('a'), run('b')])).toEqual([0, 0])
  const expected = ['a', 'b'].flatMap(name => Array.from({ length: 100 }, (_, index) => `${name}-${index}`))
  expect(marksOnDisk(directory).sort()).toEqual(expected.sort())
  expect(openProgressStore({ directory }).notice).toBeNull()
})
