import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** Compiles the writing process for the Node that runs the test; returns its path. */
export const buildWriterChild = async (): Promise<string> => {
  const outfile = fileURLToPath(new URL('../../node_modules/.cache/netsplit/writer-child.mjs', import.meta.url))
  await build({
    entryPoints: [fileURLToPath(new URL('writer-child.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
    logLevel: 'error',
  })
  return outfile
}
