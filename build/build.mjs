// `npm run build`: src/ becomes one file, lessons/ become JSON, and the V8 code cache of this Node is laid beside them.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.mjs'
import { layCodeCache } from './code-cache.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

const outfile = join('dist', 'netsplit.cjs')

/** Heads the bundle with the name under which its code cache is kept: V8 itself compares only the source's length. */
const stamp = () => {
  const source = readFileSync(outfile, 'utf8')
  // bin/load.js reads it as Latin-1.
  const foreign = /[^\0-\x7f]/.exec(source)
  if (foreign) throw new Error(`the bundle must be ASCII, but has ${JSON.stringify(foreign[0])} at ${foreign.index}`)
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  const hash = createHash('sha256').update(source).digest('hex').slice(0, 16)
  writeFileSync(outfile, `/*netsplit-${version}-${hash}*/${source}`)
}

rmSync('dist', { recursive: true, force: true })
mkdirSync('dist')
await bundle(join('src', 'main.ts'), outfile)
stamp()
const content = new URL('content.mjs', import.meta.url)
if (existsSync(content)) await (await import(content.href)).compileContent()
await layCodeCache()
