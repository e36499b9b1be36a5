import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const BUNDLE = '/*netsplit-9.9.9-0123456789abcdef*/const answer = () => 6 * 7\nconsole.log(answer())\n'

let root = ''
let cacheHome = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'netsplit-cache-'))
  cacheHome = join(root, 'cache')
  cpSync('bin', join(root, 'bin'), { recursive: true })
  mkdirSync(join(root, 'dist'))
  writeFileSync(join(root, 'dist', 'netsplit.cjs'), BUNDLE)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const run = (env: { readonly [name: string]: string } = {}): string => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(root, 'bin', 'netsplit.js')], {
    env: { PATH: process.env.PATH ?? '', HOME: root, XDG_CACHE_HOME: cacheHome, ...env },
    encoding: 'utf8',
    timeout: 20_000,
  })
  return `${stdout.trim()}${stderr} code ${status}`
}

const GOOD = '42 code 0'
const directory = (): string => join(cacheHome, 'netsplit')
const caches = (): string[] => readdirSync(directory())
const cache = (): string => join(directory(), caches()[0] ?? '')
const isNewerThan = (file: string, time: number): boolean => statSync(file).mtimeMs > time

describe('the code cache', () => {
  it('is written by the first run, for its owner alone, named after all that it depends on', () => {
    expect(run()).toBe(GOOD)
    const name = `netsplit-9.9.9-0123456789abcdef-${process.version}-${process.platform}-${process.arch}-start.v8`
    expect(caches()).toEqual([name])
    expect(statSync(directory()).mode & 0o777).toBe(0o700)
    expect(statSync(cache()).mode & 0o777).toBe(0o600)
  })

  it('is used and left alone by later runs', () => {
    run()
    const before = statSync(cache()).mtimeMs
    expect(run()).toBe(GOOD)
    expect(isNewerThan(cache(), before)).toBe(false)
  })

  it.each([
    ['one flipped byte', (bytes: Buffer) => bytes.fill(0xff, 200, 201)],
    ['half its length', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['an odd length', (bytes: Buffer) => bytes.subarray(1)],
    ['nothing', () => Buffer.alloc(0)],
    ['something else', () => Buffer.from('not a cache'.repeat(2))],
  ])('that holds %s is made anew', (_, damage) => {
    run()
    const good = readFileSync(cache())
    writeFileSync(cache(), damage(Buffer.from(good)))
    expect(run()).toBe(GOOD)
    expect(readFileSync(cache()).length).toBe(good.length)
    expect(run()).toBe(GOOD)
  })

  it('that others could have written is not trusted', () => {
    run()
    chmodSync(cache(), 0o666)
    const before = statSync(cache()).ino
    expect(run()).toBe(GOOD)
    expect(statSync(cache()).ino).not.toBe(before)
  })

  it('is not written into a directory that others can write', () => {
    mkdirSync(directory(), { recursive: true })
    chmodSync(directory(), 0o777)
    expect(run()).toBe(GOOD)
    expect(caches()).toEqual([])
  })

  it('is neither read nor written with NETSPLIT_NO_CACHE', () => {
    expect(run({ NETSPLIT_NO_CACHE: '1' })).toBe(GOOD)
    expect(readdirSync(root)).not.toContain('cache')
  })

  it.each([['/dev/null/none'], ['/proc/none']])('cannot be had at %s, and nothing is lost', place => {
    expect(run({ XDG_CACHE_HOME: place })).toBe(GOOD)
  })

  it('lies under .cache in the home by default', () => {
    expect(run({ XDG_CACHE_HOME: '' })).toBe(GOOD)
    const place = process.platform === 'darwin' ? join(root, 'Library', 'Caches') : join(root, '.cache')
    expect(readdirSync(join(place, 'netsplit'))).toHaveLength(1)
  })

  it('beside the program serves until there is an own one', () => {
    run()
    cpSync(cache(), join(root, 'dist', caches()[0] ?? ''))
    rmSync(cacheHome, { recursive: true })
    expect(run()).toBe(GOOD)
    expect(readdirSync(root)).not.toContain('cache')
  })

  it('of old versions is removed in the end', () => {
    run()
    rmSync(cache())
    for (let version = 0; version < 20; version++) writeFileSync(join(directory(), `netsplit-0.0.${version}.v8`), 'old')
    run()
    expect(caches().some(name => name.startsWith('netsplit-9.9.9'))).toBe(true)
    expect(caches().length).toBeLessThanOrEqual(8)
  })
})
