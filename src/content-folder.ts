import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the build puts the compiled content: beside the bundle. */
export const contentFolder = join(fileURLToPath(new URL('.', import.meta.url)), 'content')
