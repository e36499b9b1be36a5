'use strict'

// Runs dist/netsplit.cjs through V8's code cache, which halves the start. A cache is never required: whatever is wrong
// with one, the program is compiled from source. Two places hold caches: dist/ (made by the build, for the Node that
// built it) and the user's cache directory (made by the first run).
const fs = require('node:fs')
const path = require('node:path')
const vm = require('node:vm')

const bundle = path.join(__dirname, '..', 'dist', 'netsplit.cjs')
const KEPT_CACHES = 8
const WRITE_AFTER_MS = 5000
const MISSING_PARENTS = 3

// A lab that plays makes garbage that lives for some hundred events. Left alone, V8 lets the heap grow to several times what is in
// use. Always set, and before any compiling: flags are part of what a code cache is valid for.
require('node:v8').setFlagsFromString('--heap-growing-percent=30')

/** The user's cache directory by the platform's convention, or undefined when there is no home. */
const cacheDirectory = () => {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env
  if (xdg && path.isAbsolute(xdg)) return path.join(xdg, 'netsplit')
  if (process.platform === 'win32') return local && path.join(local, 'netsplit', 'Cache')
  const home = process.env.HOME || require('node:os').homedir()
  if (!home) return undefined
  return path.join(home, process.platform === 'darwin' ? 'Library/Caches' : '.cache', 'netsplit')
}

/** Code runs from a cache, so nobody else may have been able to write it. */
const isOursAlone = status =>
  process.platform === 'win32' || (status.uid === process.getuid() && (status.mode & 0o022) === 0)

/**
 * V8 trusts what it reads: a flipped byte crashes the process. So a cache file holds its data twice, and both halves
 * must agree. (Comparing takes 0.05 ms; loading node:crypto for a digest takes 3 ms.)
 */
const undamaged = file => {
  const half = file.length / 2
  if (half === 0 || !Number.isInteger(half)) return undefined
  const data = file.subarray(0, half)
  return data.equals(file.subarray(half)) ? data : undefined
}

const readCache = (file, isTrusted) => {
  try {
    const descriptor = fs.openSync(file, 'r')
    try {
      return isTrusted(fs.fstatSync(descriptor)) ? undamaged(fs.readFileSync(descriptor)) : undefined
    } finally {
      fs.closeSync(descriptor)
    }
  } catch {
    return undefined
  }
}

/** Removes the oldest caches, which earlier versions of netsplit or Node have left behind. */
const forgetOldCaches = directory => {
  const caches = fs.readdirSync(directory).filter(name => name.endsWith('.v8'))
  const aged = caches.map(name => ({ name, age: fs.statSync(path.join(directory, name)).mtimeMs }))
  aged.sort((a, b) => b.age - a.age)
  for (const { name } of aged.slice(KEPT_CACHES)) fs.unlinkSync(path.join(directory, name))
}

/** Not `recursive`: under /proc and its like Node 20 then tries for ever. */
const makeDirectory = (directory, missingParents) => {
  try {
    fs.mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    if (error.code === 'EEXIST') return
    if (error.code !== 'ENOENT' || missingParents === 0) throw error
    makeDirectory(path.dirname(directory), missingParents - 1)
    fs.mkdirSync(directory, { mode: 0o700 })
  }
}

const writeCache = (file, script) => {
  const directory = path.dirname(file)
  const temporary = `${file}.${process.pid}.tmp`
  try {
    makeDirectory(directory, MISSING_PARENTS)
    if (!isOursAlone(fs.lstatSync(directory))) return
    const data = script.createCachedData()
    fs.writeFileSync(temporary, Buffer.concat([data, data]), { mode: 0o600, flag: 'wx' })
    fs.renameSync(temporary, file)
    forgetOldCaches(directory)
  } catch {
    // A full disk, a home that cannot be written: the next start compiles again.
    try {
      fs.unlinkSync(temporary)
    } catch {}
  }
}

/** Early enough that V8 still holds the code of the start, late enough not to disturb it; at the latest at exit. */
const writeCacheOnce = (file, script) => {
  let written = false
  const write = () => {
    if (!written) writeCache(file, script)
    written = true
  }
  setTimeout(write, WRITE_AFTER_MS).unref()
  process.once('exit', write)
}

// The build sees to it that the bundle is ASCII, which is read three times as fast.
const source = fs.readFileSync(bundle, 'latin1')
const run = (cachedData, cacheFile) => {
  const parameters = ['exports', 'require', 'module', '__filename', '__dirname']
  // The wrapper is part of the source that a cache belongs to.
  const script = new vm.Script(`(function(${parameters}){${source}\n})`, { filename: bundle, cachedData })
  if (cacheFile && (cachedData === undefined || script.cachedDataRejected)) writeCacheOnce(cacheFile, script)
  const program = { exports: {} }
  const load = require('node:module').createRequire(bundle)
  script.runInThisContext().call(program.exports, program.exports, load, program, bundle, path.dirname(bundle))
}

if (process.env.NETSPLIT_NO_CACHE) {
  run(undefined, undefined)
} else {
  // The bundle begins with its own name, /*netsplit-VERSION-HASH*/: V8 compares no more of a source than its length.
  const name = source.slice(2, source.indexOf('*/'))
  const mode = process.argv.length > 2 ? 'command' : 'start'
  const key = `${name}-${process.version}-${process.platform}-${process.arch}-${mode}.v8`
  const directory = cacheDirectory()
  const file = directory && path.join(directory, key)
  const own = file && readCache(file, isOursAlone)
  run(own || readCache(path.join(path.dirname(bundle), key), () => true), file)
}
