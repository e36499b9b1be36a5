// `npm run bench NAME [ARGUMENT ...]`: runs bench/NAME.ts, bundled as the program is.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runTypeScript } from './run-typescript.mjs'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

const [name, ...args] = process.argv.slice(2)
const known = readdirSync('bench').filter(file => file.endsWith('.ts'))
const file = join('bench', `${name}.ts`)
if (name !== undefined && existsSync(file)) {
  await runTypeScript(file, args)
} else {
  process.stderr.write(
    `usage: npm run bench NAME, where NAME is one of: ${known.map(each => each.slice(0, -3)).join(', ')}\n`,
  )
  process.exitCode = 2
}
