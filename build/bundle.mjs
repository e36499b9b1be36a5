import { build } from 'esbuild'
import { confPlugins } from './conf-plugins.mjs'
import { inkPlugins } from './ink-plugins.mjs'

/**
 * Bundles a TypeScript entry with all its packages into one CommonJS file. `import()` stays lazy inside the file: what
 * only it reaches is evaluated when it is first called.
 */
export const bundle = (entry, outfile, { plugins = [...inkPlugins, ...confPlugins], ...options } = {}) =>
  build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // Real import() would need the loader's callback inside vm.Script; everything is in the file anyway.
    supported: { 'dynamic-import': false },
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"', 'import.meta.url': 'bundleUrl' },
    // yargs and conf ask where they lie.
    banner: { js: "const bundleUrl=require('node:url').pathToFileURL(__filename).href;" },
    jsx: 'automatic',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    plugins,
    ...options,
  })
