import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { bundle } from './bundle.mjs'

/** Compiles `lessons/` to `dist/content`. Prints the sentence of what is wrong with the content and ends with exit code 2. */
export const compileContent = async () => {
  const compiler = resolve(join('dist', 'compile.cjs'))
  await bundle(join('src', 'course', 'compile.ts'), compiler, { plugins: [] })
  try {
    createRequire(import.meta.url)(compiler).compileCourse('lessons', join('dist', 'content'))
  } catch (error) {
    if (error?.name !== 'ContentError') throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
  } finally {
    rmSync(compiler, { force: true })
  }
}
