import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** After the first frame: keys that show and leave the help, then the end, so that their code is in the cache, too. */
const SCRIPT = [
  { afterMs: 400, type: '?' },
  { afterMs: 400, type: '\x1b' },
  { afterMs: 400, type: '\x03' },
]
const PATIENCE_MS = 20_000

/** Runs the program in a pseudo-terminal with this home, as a user does the first time. */
const runOnce = (pty, home) =>
  new Promise(resolve => {
    const { PATH = '', SystemRoot = '' } = process.env
    const env = { PATH, SystemRoot, HOME: home, XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home }
    const child = pty.spawn(process.execPath, [join('bin', 'netsplit.js')], {
      cols: 80,
      rows: 24,
      env: { ...env, LOCALAPPDATA: home, TERM: 'xterm-256color', LANG: 'C.UTF-8' },
    })
    let steps = 0
    const next = () => {
      const step = SCRIPT[steps++]
      if (!step) return
      setTimeout(() => {
        child.write(step.type)
        next()
      }, step.afterMs)
    }
    const patience = setTimeout(() => child.kill(), PATIENCE_MS)
    child.onData(() => {
      if (steps === 0) next()
    })
    child.onExit(() => {
      clearTimeout(patience)
      steps = SCRIPT.length
      resolve()
    })
  })

/**
 * Lays the code cache of this Node into dist/, so that already the first start after `npm ci` is fast. Another Node
 * rejects it and compiles. Where no pseudo-terminal can be had there is none, and nothing else is missing.
 */
export const layCodeCache = async () => {
  const home = mkdtempSync(join(tmpdir(), 'netsplit-build-'))
  try {
    const { default: pty } = await import('@lydell/node-pty')
    await runOnce(pty, home)
    const caches = join(home, 'netsplit')
    const files = existsSync(caches) ? readdirSync(caches).filter(name => name.endsWith('.v8')) : []
    for (const name of files) copyFileSync(join(caches, name), join('dist', name))
    if (files.length === 0) process.stdout.write('no code cache: the program did not run to its end\n')
  } catch (error) {
    process.stdout.write(`no code cache: ${error.message}\n`)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
