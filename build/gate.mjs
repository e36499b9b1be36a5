// `npm test`, the one gate: everything must pass, and the last line counts the tests.
import { spawnSync } from 'node:child_process'
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

/** Runs one step; its output is shown as it comes. */
const run = ({ name, command: [file, ...args] }) => {
  const began = performance.now()
  const { status, error } = spawnSync(file, args, { stdio: 'inherit', shell: process.platform === 'win32' })
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  const passed = status === 0
  process.stdout.write(`${passed ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)${error ? `: ${error.message}` : ''}\n`)
  return passed
}

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

const results = STEPS.map(step => ({ name: step.name, passed: run(step) }))
const { passed, failed } = counts()
rmSync(scratch, { recursive: true, force: true })

const broken = results.filter(result => !result.passed).map(result => result.name)
if (broken.length > 0) process.stdout.write(`the gate is closed by: ${broken.join(', ')}\n`)
// A step other than the tests counts as one failure, so that the last line never looks green when the gate is not.
const others = broken.filter(name => name !== 'tests').length
process.stdout.write(`${passed} passed, ${failed + others} failed\n`)
process.exitCode = broken.length > 0 || failed > 0 || passed === 0 ? 1 : 0
