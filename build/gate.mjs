// `npm test`, the one gate: everything must pass, and the last line counts the tests.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const scratch = mkdtempSync(join(tmpdir(), 'netsplit-gate-'))
const report = join(scratch, 'vitest.json')

const bin = name => join('node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name)
const STEPS = [
  { name: 'build', command: [process.execPath, 'build/build.mjs'] },
  { name: 'types', command: [bin('tsc'), '-b'] },
  { name: 'lint', command: [bin('biome'), 'check', '--error-on-warnings', '.'] },
  { name: 'spelling', command: [bin('cspell'), 'lint', '--no-progress', '--no-summary'] },
  { name: 'dead code', command: [bin('knip')] },
  {
    name: 'tests',
    command: [bin('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  },
]

/** Runs one step. What it prints is shown as it comes, or, of steps side by side, when it has ended. */
const run = ({ name, command: [file, ...args] }, aside = false) =>
  new Promise(resolve => {
    const began = performance.now()
    const stdio = aside ? ['ignore', 'pipe', 'pipe'] : 'inherit'
    const child = spawn(file, args, { stdio, shell: process.platform === 'win32' })
    const printed = []
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => printed.push(chunk))
    const end = (passed, trouble = '') => {
      const seconds = ((performance.now() - began) / 1000).toFixed(1)
      process.stdout.write(Buffer.concat(printed))
      process.stdout.write(`${passed ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)${trouble}\n`)
      resolve({ name, passed })
    }
    child.on('error', error => end(false, `: ${error.message}`))
    child.on('close', status => end(status === 0))
  })

/** Vitest's own counts. Without a report, no test passed. */
const counts = () => {
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, 'utf8'))
    // A file that cannot be loaded has no tests to fail, but it failed.
    return { passed: numPassedTests, failed: Math.max(numFailedTests, numFailedTestSuites) }
  } catch {
    return { passed: 0, failed: 1 }
  }
}

const [build, ...rest] = STEPS
const tests = rest.pop()
const results = [await run(build)]
results.push(...(await Promise.all(rest.map(step => run(step, true)))))
results.push(await run(tests))
const { passed, failed } = counts()
rmSync(scratch, { recursive: true, force: true })

const broken = results.filter(result => !result.passed).map(result => result.name)
if (broken.length > 0) process.stdout.write(`the gate is closed by: ${broken.join(', ')}\n`)
// A step other than the tests counts as one failure, so that the last line never looks green when the gate is not.
const others = broken.filter(name => name !== 'tests').length
process.stdout.write(`${passed} passed, ${failed + others} failed\n`)
process.exitCode = broken.length > 0 || failed > 0 || passed === 0 ? 1 : 0
