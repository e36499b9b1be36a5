import type { Plugin } from 'esbuild'

export const bundlingPlugins: readonly Plugin[]
export const inkPlugins: readonly Plugin[]
