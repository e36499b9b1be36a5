// What Ink 6.8 and its packages need in order to start fast and to run for hours. Each plugin fails the build when its
// target no longer looks as expected; test/build/ compares the result with stock Ink.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { demanding, patch } from './patch.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const fastWidth = join(here, '..', 'src', 'tui', 'width.ts')

const pathOf = target => new RegExp(`[\\\\/]${target.replaceAll('.', '\\.').replaceAll('/', '[\\\\/]')}$`)

/** A plugin that edits the named files by the given tables. */
const edits = (name, table) =>
  demanding(name, Object.keys(table), (build, met) => {
    for (const [target, replacements] of Object.entries(table)) {
      build.onLoad({ filter: pathOf(target) }, args => {
        met(target)
        return { loader: 'js', contents: patch(readFileSync(args.path, 'utf8'), args.path, replacements) }
      })
    }
  })

/** The devtools need top-level await, which a CommonJS bundle cannot have, and nobody connects them to a release. */
const noDevtools = edits('no-devtools', {
  'ink/build/reconciler.js': [
    ["await import('./devtools.js');", ''],
    ['await loadPackageJson()', '{}'],
  ],
})

/** Ink's screen for its own crashes reads source files; the terminal layer reports errors instead. */
const noErrorOverview = edits('no-error-overview', {
  'ink/build/components/ErrorBoundary.js': [
    ["import ErrorOverview from './ErrorOverview.js';", ''],
    ['React.createElement(ErrorOverview, { error: this.state.error })', 'null'],
  ],
})

/** The terminal layer gives Ink its size and unmounts it; the packages for that load child_process and assert. */
const noOwnTerminal = edits('no-own-terminal', {
  'ink/build/ink.js': [
    ["import terminalSize from 'terminal-size';", 'const terminalSize = () => undefined;'],
    ["import signalExit from 'signal-exit';", 'const signalExit = () => () => {};'],
  ],
  'ink/build/components/App.js': [["import cliCursor from 'cli-cursor';", 'const cliCursor = {hide() {}, show() {}};']],
  'ink/build/log-update.js': [["import cliCursor from 'cli-cursor';", 'const cliCursor = {hide() {}, show() {}};']],
})

/** Yoga compiled in place. Stock Yoga fetches a data: URL, which loads the HTTP client of Node (58 ms). */
const synchronousYoga = demanding('synchronous-yoga', ['index', 'bytes'], (build, met) => {
  const binary = /base64,([A-Za-z0-9+/=]+)/
  build.onLoad({ filter: pathOf('yoga-layout/dist/src/index.js') }, args => {
    met('index')
    const contents = patch(readFileSync(args.path, 'utf8'), args.path, [
      [
        'const Yoga = wrapAssembly(await loadYoga());',
        `import wasm from 'yoga-wasm-bytes';
         const bindings = {instantiateWasm(imports, done) {
           const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), imports);
           done(instance);
           return instance.exports;
         }};
         loadYoga(bindings);
         const Yoga = wrapAssembly(bindings);`,
      ],
    ])
    return { loader: 'js', contents }
  })
  build.onLoad({ filter: pathOf('yoga-layout/dist/binaries/yoga-wasm-base64-esm.js') }, args => {
    met('bytes')
    const source = readFileSync(args.path, 'utf8')
    const base64 = binary.exec(source)?.[1] ?? ''
    if (base64 === '') throw new Error(`${args.path}: no WebAssembly found`)
    const contents = patch(source, args.path, [
      [`base64,${base64}`, 'base64,'],
      ['var _scriptDir = import.meta.url;', "var _scriptDir = '';"],
    ])
    return { loader: 'js', contents }
  })
  build.onResolve({ filter: /^yoga-wasm-bytes$/ }, args => ({
    path: 'yoga-wasm-bytes',
    namespace: 'yoga-wasm-bytes',
    pluginData: join(dirname(args.importer), '..', 'binaries', 'yoga-wasm-base64-esm.js'),
  }))
  build.onLoad({ filter: /.*/, namespace: 'yoga-wasm-bytes' }, args => {
    const bytes = binary.exec(readFileSync(args.pluginData, 'utf8'))?.[1]
    return { loader: 'js', contents: `export default Buffer.from(${JSON.stringify(bytes)}, 'base64')` }
  })
})

/** The first Intl.Segmenter of a process costs 20 to 30 ms, and text without emoji never needs one. */
const lazySegmenter = edits('lazy-segmenter', {
  '@alcalzone/ansi-tokenize/build/tokenize.js': [
    [
      'const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });',
      'const segmenter = {segment(text) {return (this.real ??= new Intl.Segmenter()).segment(text)}};',
    ],
  ],
  'slice-ansi/tokenize-ansi.js': [
    [
      "new Intl.Segmenter(undefined, {granularity: 'grapheme'})",
      '{segment(text) {return (this.real ??= new Intl.Segmenter()).segment(text)}}',
    ],
  ],
})

/** One string-width for all, with a fast path; the package's emoji tables are built on first use only. */
const fastStringWidth = demanding('fast-string-width', ['importer', 'package'], (build, met) => {
  build.onResolve({ filter: /^string-width$/ }, args => {
    if (args.importer === fastWidth) return undefined
    met('importer')
    return { path: join(here, 'ink', 'string-width.mjs') }
  })
  build.onLoad({ filter: pathOf('string-width/index.js') }, args => {
    met('package')
    const lazy = (flags, source) => `{get real() {
      const value = new RegExp(${JSON.stringify(source)}, '${flags}');
      Object.defineProperty(this, 'real', {value});
      return value;
    }, test(text) {return this.real.test(text)}, [Symbol.search](text) {return text.search(this.real)}}`
    const visible =
      '[^\\p{Default_Ignorable_Code_Point}\\p{Control}\\p{Format}\\p{Nonspacing_Mark}\\p{Enclosing_Mark}\\p{Surrogate}]'
    const contents = patch(readFileSync(args.path, 'utf8'), args.path, [
      [
        'const segmenter = new Intl.Segmenter();',
        'const segmenter = {segment(text) {return (this.real ??= new Intl.Segmenter()).segment(text)}};',
      ],
      [`/${visible}/v`, lazy('v', visible)],
      ['/\\p{Spacing_Mark}/v', lazy('v', '\\p{Spacing_Mark}')],
      ['/^\\p{RGI_Emoji}$/v', lazy('v', '^\\p{RGI_Emoji}$')],
    ])
    return { loader: 'js', contents }
  })
})

/** Output that keeps bounded caches between frames, instead of tokenizing every text anew each frame. */
const fastOutput = demanding('fast-output', ['output'], (build, met) => {
  const expected = 'export default class Output {'
  build.onResolve({ filter: /^\.\/output\.js$/ }, args => {
    if (!pathOf('ink/build/renderer.js').test(args.importer)) return undefined
    patch(readFileSync(join(dirname(args.importer), 'output.js'), 'utf8'), 'ink/build/output.js', [
      [expected, expected],
    ])
    met('output')
    return { path: join(here, 'ink', 'output.mjs') }
  })
  build.onResolve({ filter: /^@alcalzone\/ansi-tokenize\/build\// }, args => ({
    path: join(here, '..', 'node_modules', args.path),
  }))
})

/** Ink keeps every distinct text it ever measured or wrapped: a gigabyte an hour at 20 frames a second. */
const boundedCaches = edits('bounded-caches', {
  'ink/build/measure-text.js': [
    ['cache.set(text, dimensions);', 'if (cache.size >= 2000) cache.clear();\n    cache.set(text, dimensions);'],
  ],
  'ink/build/wrap-text.js': [
    ['const cache = {};', 'let cache = {};\nlet cached = 0;'],
    [
      'cache[cacheKey] = wrappedText;',
      'if (++cached > 1000) {\n        cache = {};\n        cached = 0;\n    }\n    cache[cacheKey] = wrappedText;',
    ],
  ],
})

/** Without these Ink does not fit into a CommonJS bundle at all. */
export const bundlingPlugins = [noDevtools, synchronousYoga]

/** All that a bundle with Ink needs. */
export const inkPlugins = [
  ...bundlingPlugins,
  noErrorOverview,
  noOwnTerminal,
  lazySegmenter,
  fastStringWidth,
  fastOutput,
  boundedCaches,
]
