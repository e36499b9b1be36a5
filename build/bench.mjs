// `npm run bench NAME [ARGUMENT ...]`: bundles bench/NAME.ts as the program is bundled and calls its `main(arguments)`.
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

const [name, ...args] = process.argv.slice(2)
const known = readdirSync('bench')
  .filter(file => file.endsWith('.ts'))
  .map(file => file.slice(0, -3))
if (name === undefined || !existsSync(join('bench', `${name}.ts`))) {
  process.stderr.write(`usage: npm run bench NAME, where NAME is one of: ${known.join(', ')}\n`)
  process.exit(2)
}
const directory = join('node_modules', '.cache', 'netsplit', 'bench')
mkdirSync(directory, { recursive: true })
const outfile = join(directory, `${name}.cjs`)
await bundle(join('bench', `${name}.ts`), outfile, {
  external: ['@lydell/node-pty', '@xterm/headless', '@xterm/addon-serialize', '@resvg/resvg-js'],
})
await createRequire(import.meta.url)(join(root, outfile)).main(args)
