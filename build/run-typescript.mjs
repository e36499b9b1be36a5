import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join, resolve } from 'node:path'
import { bundle } from './bundle.mjs'

/** Bundles a TypeScript file as the program is bundled, and calls the `main(arguments)` that it exports. */
export const runTypeScript = async (file, args) => {
  const directory = join('node_modules', '.cache', 'netsplit')
  mkdirSync(directory, { recursive: true })
  const outfile = resolve(directory, `${basename(file, '.ts')}.cjs`)
  await bundle(file, outfile, {
    // They load binaries that lie beside them.
    external: ['@lydell/node-pty', '@xterm/headless', '@xterm/addon-serialize', '@resvg/resvg-js'],
  })
  await createRequire(import.meta.url)(outfile).main(args)
}
