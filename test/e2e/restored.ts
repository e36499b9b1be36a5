import { expect } from 'vitest'
import type { RunningTerminal } from './terminal.ts'

const shown = (sequence: string, terminal: RunningTerminal): number => terminal.raw.lastIndexOf(sequence)

/** The screen as the shell left it: main screen, cursor shown, lines wrap, and no marks around pastes (bash sets them). */
export const expectRestored = (terminal: RunningTerminal, off = ['?2004', '?1049', '?2026']): void => {
  expect(terminal.alternate).toBe(false)
  for (const mode of ['?25', '?7'])
    expect(shown(`\x1b[${mode}h`, terminal)).toBeGreaterThan(shown(`\x1b[${mode}l`, terminal))
  for (const mode of off) {
    expect(shown(`\x1b[${mode}l`, terminal)).toBeGreaterThan(shown(`\x1b[${mode}h`, terminal))
  }
}
