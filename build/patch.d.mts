import type { Plugin, PluginBuild } from 'esbuild'

export const patch: (source: string, file: string, replacements: readonly (readonly [string, string])[]) => string
export const demanding: (
  name: string,
  targets: readonly string[],
  setup: (build: PluginBuild, met: (target: string) => void) => void,
) => Plugin
