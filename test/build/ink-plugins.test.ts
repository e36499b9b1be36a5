import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle } from '../../build/bundle.mjs'
import { bundlingPlugins, inkPlugins } from '../../build/ink-plugins.mjs'
import { patch } from '../../build/patch.mjs'

type RenderSeed = (seed: number) => string

/** All packages get the outer string-width: an older one nested in wrap-ansi measures a few emoji differently. */
const oneStringWidth: Plugin = {
  name: 'one-string-width',
  setup(build) {
    const path = createRequire(import.meta.url).resolve('string-width')
    build.onResolve({ filter: /^string-width$/ }, () => ({ path }))
  },
}

const directory = mkdtempSync(join(tmpdir(), 'netsplit-plugins-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const build = async (name: string, plugins: readonly Plugin[]): Promise<RenderSeed> => {
  const outfile = join(directory, `${name}.cjs`)
  await bundle(join('test', 'build', 'random-tree.ts'), outfile, { plugins: [...plugins] })
  const coloured = process.env.FORCE_COLOR
  process.env.FORCE_COLOR = '3'
  const loaded = createRequire(import.meta.url)(outfile) as { renderSeed: RenderSeed }
  process.env.FORCE_COLOR = coloured
  return loaded.renderSeed
}

describe('Ink with the build plugins', () => {
  let stock: RenderSeed
  let patched: RenderSeed
  beforeAll(async () => {
    stock = await build('stock', [...bundlingPlugins, oneStringWidth])
    patched = await build('patched', inkPlugins)
  })

  it('draws what stock Ink draws, on 250 random trees', () => {
    const trees = Array.from({ length: 250 }, (_, seed) => seed)
    const frames = trees.map(seed => stock(seed))
    expect(new Set(frames).size).toBeGreaterThan(220)
    expect(frames.filter(frame => frame.includes('\x1b[')).length).toBeGreaterThan(150)
    for (const seed of trees) expect(patched(seed), `tree ${seed}`).toBe(frames[seed])
  })

  it('draws the same again from its caches', () => {
    for (let seed = 0; seed < 50; seed++) expect(patched(seed)).toBe(patched(seed))
  })
})

describe('a patch of the build', () => {
  it('replaces a text that occurs once', () => {
    expect(patch('a b c', 'file.js', [['b', 'B']])).toBe('a B c')
  })

  it.each([['gone'], ['a']])('fails when its target occurs not exactly once: %s', target => {
    expect(() => patch('a a c', 'file.js', [[target, 'x']])).toThrow(`file.js: expected once, found`)
  })

  it('fails the build of an Ink bundle that no longer contains its target', async () => {
    const entry = join(directory, 'imitation.ts')
    writeFileSync(entry, `import ${JSON.stringify(createRequire(import.meta.url).resolve('ink'))}`)
    const withoutRenderer: Plugin = {
      name: 'without-renderer',
      setup(plugin) {
        plugin.onResolve({ filter: /^\.\/renderer\.js$/ }, () => ({ path: 'renderer', external: true }))
      },
    }
    const building = bundle(entry, join(directory, 'imitation.cjs'), {
      plugins: [withoutRenderer, ...inkPlugins],
      logLevel: 'silent',
    })
    await expect(building).rejects.toThrow(/plugin [-a-z]+: the bundle no longer contains/)
  })
})
