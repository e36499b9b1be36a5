import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunningTerminal } from './terminal.ts'
import { launch, openHome, openLesson, TRIAL, temporary } from './tutor.ts'

const progressFile = (home: string): string => join(home, 'config', 'netsplit', 'progress.json')

/** From the first page to a stored prediction. */
const predict = async (terminal: RunningTerminal): Promise<void> => {
  terminal.send('\r')
  await terminal.until('attempt 2/11')
  terminal.send('\r')
  await terminal.until('predict 3/11')
  terminal.send('33')
  await terminal.until('Stored.')
}

it('what the screen has acknowledged survives kill -9', async () => {
  const home = temporary()
  const terminal = await openLesson({ home })
  await predict(terminal)
  terminal.kill('SIGKILL')
  await terminal.exited
  const again = await openHome({ home })
  again.send('\r')
  await again.until('predict 3/11')
  await again.until(/You say: .*\(sure\)/)
})

describe('where nothing can be saved the tutor works on and says so once', () => {
  const expectOnce = async (terminal: RunningTerminal): Promise<void> => {
    await terminal.until('Nothing is saved: ')
    await predict(terminal)
    expect(terminal.screen()).not.toContain('Nothing is saved')
    terminal.send('\r')
    await terminal.until('observe 4/11')
    expect(terminal.screen()).not.toContain('Nothing is saved')
    terminal.send('q')
    expect((await terminal.exited).exitCode).toBe(0)
  }

  it('in a home that cannot be written', async () => {
    await expectOnce(await openLesson({ env: { NETSPLIT_CONFIG_DIR: '/dev/null/netsplit' } }))
  })

  it('on a disk that is full', async () => {
    // No file may grow: every write fails, as it does without space.
    const shell = launch({
      command: 'bash',
      args: ['--norc', '-c', `ulimit -f 0; exec "${process.execPath}" bin/netsplit.js ${TRIAL.join(' ')}`],
    })
    await shell.until('On your own')
    shell.send('\r')
    await shell.until('hook 1/11')
    await expectOnce(shell)
  })
})

it('a damaged progress file is named in one sentence, kept aside, and its backup is used', async () => {
  const home = temporary()
  const terminal = await openLesson({ home })
  await predict(terminal)
  terminal.send('\r')
  await terminal.until('observe 4/11')
  terminal.send('q')
  await terminal.exited
  const whole = readFileSync(progressFile(home), 'utf8')
  writeFileSync(progressFile(home), whole.slice(0, whole.length - 40))
  const again = await openHome({ home })
  expect(again.screen()).toMatch(/progress\.json [\s\S]*kept as[\s\S]*progress\.damaged-/)
  expect(again.screen()).toContain('Continue: Letters on trial')
  again.send('\r')
  await again.until(/(predict 3|observe 4)\/11/)
  expect(again.screen()).not.toContain('damaged')
  expect(readdirSync(join(home, 'config', 'netsplit')).some(name => name.startsWith('progress.damaged-'))).toBe(true)
})

it('a progress file that is a folder stops nothing', async () => {
  const home = temporary()
  mkdirSync(progressFile(home), { recursive: true })
  const terminal = await openLesson({ home })
  await predict(terminal)
})

it('NETSPLIT_CONFIG_DIR says where the progress is kept', async () => {
  const home = temporary()
  const kept = join(home, 'elsewhere')
  const terminal = await openLesson({ home, env: { NETSPLIT_CONFIG_DIR: kept } })
  await predict(terminal)
  expect(existsSync(join(kept, 'progress.json'))).toBe(true)
  expect(existsSync(progressFile(home))).toBe(false)
})
