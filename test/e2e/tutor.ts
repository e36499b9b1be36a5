import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { type RunningTerminal, startTerminal, type TerminalSettings } from './terminal.ts'

/** The course of the tests; the program reads it through `--lessons`. */
export const TRIAL = ['--lessons', 'test/trial-course']

const running: RunningTerminal[] = []
const folders: string[] = []
afterEach(async () => {
  for (const terminal of running.splice(0)) await terminal.dispose()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A folder that is gone after the test. */
export const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'netsplit-app-'))
  folders.push(folder)
  return folder
}

/** A program in a terminal that ends with the test, in a home of its own. */
export const launch = (settings: TerminalSettings): RunningTerminal => {
  const terminal = startTerminal({ home: temporary(), ...settings })
  running.push(terminal)
  return terminal
}

/** The home screen of the tutor with the course of the tests. */
export const openHome = async (settings: TerminalSettings = {}): Promise<RunningTerminal> => {
  const terminal = launch({ ...settings, args: [...TRIAL, ...(settings.args ?? [])] })
  await terminal.until('On your own')
  return terminal
}

/** The first page of the first lesson: its lab takes keys. */
export const openLesson = async (settings: TerminalSettings = {}): Promise<RunningTerminal> => {
  const terminal = await openHome(settings)
  terminal.send('\r')
  await terminal.until('hook 1/11')
  return terminal
}
