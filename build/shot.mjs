// A picture of a screen: node build/shot.mjs [--cols N] [--rows N] [--args "learn cap/cp-or-ap"] [--keys "jj\r"]
// [--until TEXT] [--title TEXT] OUT.png|OUT.svg
import { fileURLToPath } from 'node:url'
import { runTypeScript } from './run-typescript.mjs'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
await runTypeScript('test/e2e/shot.ts', process.argv.slice(2))
