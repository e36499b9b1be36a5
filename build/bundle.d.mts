import type { BuildOptions, BuildResult } from 'esbuild'

export const bundle: (entry: string, outfile: string, options?: BuildOptions) => Promise<BuildResult>
