import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultyFileSystem, systemError } from '../progress/faulty-file-system.ts'
import { netsplit } from './session.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netsplit-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Alice writes a value, then Bob reads one, as Jepsen's EDN tells it. */
const edn = (written: string, read: string): Buffer =>
  Buffer.from(
    [
      `{:type :invoke, :f :write, :value ${written}, :process 0}`,
      `{:type :ok, :f :write, :value ${written}, :process 0}`,
      '{:type :invoke, :f :read, :value nil, :process 1}',
      `{:type :ok, :f :read, :value ${read}, :process 1}`,
      '',
    ].join('\n'),
  )

describe('check', () => {
  test('a history that holds: exit 0', async () => {
    const { exit, out, err } = await netsplit(['check', '-'], { stdin: edn('1', '1') })
    expect({ exit, err }).toEqual({ exit: 0, err: '' })
    await expect(out).toMatchFileSnapshot('golden/check-holds.txt')
  })

  test('a history that does not: exit 1, with the evidence', async () => {
    const file = join(folder, 'history.edn')
    writeFileSync(file, Buffer.concat([Buffer.from('\ufeff'), edn('1', '2')]))
    const { exit, out } = await netsplit(['check', file])
    expect(exit).toBe(1)
    await expect(out.replace(folder, 'FOLDER')).toMatchFileSnapshot('golden/check-violated.txt')
  })

  test('an honest unknown: exit 3', async () => {
    const twice = Buffer.concat([edn('1', '1'), edn('1', '1')])
    const { exit, out } = await netsplit(['check', '-', '--consistency', 'causal'], { stdin: twice })
    expect(exit).toBe(3)
    expect(out).toContain('causal: unknown')
  })

  test('the initial value is JSON where it can be: a read of -1 before any write', async () => {
    const first = Buffer.from(
      '{:type :invoke, :f :read, :value nil, :process 1}\n{:type :ok, :f :read, :value -1, :process 1}\n',
    )
    expect((await netsplit(['check', '-', '--initial', '-1'], { stdin: first })).exit).toBe(0)
    expect((await netsplit(['check', '-', '--initial', '0'], { stdin: first })).exit).toBe(1)
  })

  test('--format json is one JSON value', async () => {
    const { out } = await netsplit(['check', '-', '--format', 'json', '--model', 'cas-register'], {
      stdin: edn('1', '2'),
    })
    expect(JSON.parse(out)).toMatchObject({ exit: 1, model: 'register', verdicts: [{ answer: 'violated' }] })
  })

  test('a file that is no history: file and reason in one line, exit 2', async () => {
    for (const format of ['text', 'json']) {
      const { exit, out, err } = await netsplit(['check', '-', '--format', format], {
        stdin: Buffer.from('hello\u001b[2J'),
      })
      expect({ exit, out }).toEqual({ exit: 2, out: '' })
      expect(err).toMatch(/^netsplit: standard input.*: .*\n$/)
      expect(err).not.toContain('\u001b')
    }
  })

  const make: readonly [string, (path: string) => void, string][] = [
    ['missing', () => {}, 'there is no file "PATH"; check the path'],
    ['a folder', path => mkdirSync(path), '"PATH" is a folder; name a file in it'],
    ['empty', path => writeFileSync(path, ''), '"PATH" is empty'],
    [
      'binary',
      path => writeFileSync(path, Buffer.from([1, 0, 2])),
      '"PATH" is no text; a text file in UTF-8 is needed',
    ],
    [
      'not UTF-8',
      path => writeFileSync(path, Buffer.from([0x61, 0xff])),
      '"PATH" is no text; a text file in UTF-8 is needed',
    ],
    [
      'of 100 MB',
      path => {
        writeFileSync(path, '')
        truncateSync(path, 100 * 1024 * 1024)
      },
      '"PATH" is larger than 32 MB, and no more is read; split it',
    ],
  ]
  test.each(make)('a file that is %s: one sentence, exit 2', async (_, prepare, sentence) => {
    const path = join(folder, 'f')
    rmSync(path, { recursive: true, force: true })
    prepare(path)
    const { exit, out, err } = await netsplit(['check', path])
    expect({ exit, out, err }).toEqual({ exit: 2, out: '', err: `netsplit: ${sentence.replace('PATH', path)}\n` })
  })

  test('a device that never ends is read no further than the limit', async () => {
    const { exit, err } = await netsplit(['check', '/dev/zero'])
    expect({ exit, err }).toEqual({
      exit: 2,
      err: 'netsplit: "/dev/zero" is larger than 32 MB, and no more is read; split it\n',
    })
  })

  test('a file without permission', async () => {
    const fileSystem = faultyFileSystem(call => {
      if (call === 'openSync') throw systemError('EACCES')
    })
    const path = join(folder, 'secret')
    writeFileSync(path, 'x')
    expect(await netsplit(['check', path], { fileSystem })).toMatchObject({
      exit: 2,
      err: `netsplit: there is no permission to read "${path}"\n`,
    })
  })
})
