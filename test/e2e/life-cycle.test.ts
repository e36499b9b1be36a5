import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { bundle } from '../../build/bundle.mjs'
import { expectRestored } from './restored.ts'
import { type RunningTerminal, startTerminal, type TerminalSettings } from './terminal.ts'

const directory = mkdtempSync(join(tmpdir(), 'netsplit-life-'))
const fixture = join(directory, 'fixture.cjs')
beforeAll(() => bundle(resolve('test', 'e2e', 'fixture.tsx'), fixture))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const running: RunningTerminal[] = []
afterEach(async () => {
  for (const terminal of running.splice(0)) await terminal.dispose()
})

const open = async (settings: TerminalSettings = {}): Promise<RunningTerminal> => {
  const terminal = startTerminal({ command: process.execPath, args: [fixture], home: directory, ...settings })
  running.push(terminal)
  await terminal.until('last row')
  return terminal
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('the screen', () => {
  it('is the alternate one, drawn to its last cell', async () => {
    const terminal = await open({ cols: 61, rows: 13 })
    expect(terminal.alternate).toBe(true)
    expect(terminal.line(0)).toBe('ready 61x13 resumed 0')
    expect(terminal.line(11)).toBe('─'.repeat(61))
    expect(terminal.line(12)).toBe('last row')
  })

  it('follows the size of the terminal', async () => {
    const terminal = await open()
    terminal.resize(100, 30)
    await terminal.until('ready 100x30')
    await terminal.until(() => terminal.line(29) === 'last row')
    terminal.resize(50, 10)
    await terminal.until('ready 50x10')
    await terminal.until(() => terminal.line(9) === 'last row' && terminal.line(8) === '─'.repeat(50))
  })

  it('is sent nothing while nothing changes, and little for one key', async () => {
    const terminal = await open({ cols: 120, rows: 40 })
    terminal.send('a')
    await terminal.until('[a]')
    const before = terminal.bytes
    terminal.send('b')
    await terminal.until('[a][b]')
    expect(terminal.bytes - before).toBeLessThan(40)
  })
})

describe('keys', () => {
  it('arrive one by one, and pasted text is none', async () => {
    const terminal = await open()
    terminal.send('jjj\x1b[A\x1b[1;5I\x1b[<0;1;1M\x1b[200~q\rX\x1b[201~k')
    await terminal.until('[j][j][j][up]<q')
    await terminal.until('[k]')
  })

  it('include a lone escape', async () => {
    const terminal = await open()
    terminal.send('\x1b')
    await terminal.until('[escape]')
  })
})

describe('the terminal is given back', () => {
  it.each([
    ['on quitting', 'q', 0, ''],
    ['on process.exit', 'E', 7, ''],
    ['when a key throws', 'K', 1, 'boom in a key'],
    ['when a timer throws', 'T', 1, 'boom in a timer'],
    ['when a promise is rejected', 'P', 1, 'boom in a promise'],
    ['when a component throws', 'C', 1, 'boom in a component'],
  ])('%s', async (_, key, exitCode, message) => {
    const terminal = await open()
    terminal.send(key)
    expect((await terminal.exited).exitCode).toBe(exitCode)
    expectRestored(terminal)
    expect(terminal.screen()).toContain(message)
    expect(terminal.screen()).not.toContain('last row')
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('on %s', async (signal, exitCode) => {
    const terminal = await open()
    terminal.kill(signal)
    expect((await terminal.exited).exitCode).toBe(exitCode)
    expectRestored(terminal)
  })

  it('to a shell that can edit lines again', async () => {
    const terminal = startTerminal({
      command: 'bash',
      args: ['--norc', '-c', `"${process.execPath}" "${fixture}"; stty -a; echo "code $?"`],
      home: directory,
    })
    running.push(terminal)
    await terminal.until('last row')
    terminal.send('q')
    await terminal.until('code 0')
    expect(terminal.screen()).toMatch(/(^|\s)icanon/)
    expect(terminal.screen()).toMatch(/(^|\s)echo\b/)
  })
})

describe('a job', () => {
  it.each(['ctrl+z', 'SIGTSTP'])('stopped by %s gives the terminal back, and repaints on fg', async how => {
    const shell = startTerminal({ command: 'bash', args: ['--norc', '-i'], home: directory, env: { PS1: '$ ' } })
    running.push(shell)
    await shell.until('$ ')
    shell.send(`"${process.execPath}" "${fixture}"\r`)
    await shell.until('last row')
    if (how === 'ctrl+z') shell.send('\x1a')
    // The shell's only child is the program.
    else shell.signalChild('SIGTSTP')
    await shell.until('Stopped')
    expectRestored(shell, ['?1049', '?2026'])
    shell.send('stty -a\r')
    await shell.until(/(^|\s)icanon/)
    shell.resize(90, 20)
    shell.send('fg\r')
    await shell.until('ready 90x20 resumed 1')
    expect(shell.alternate).toBe(true)
    shell.send('k')
    await shell.until('[k]')
    shell.send('q')
    await shell.until(() => !shell.alternate)
    shell.send('exit\r')
    await shell.exited
  })

  it('goes on by itself where no shell could wake it', async () => {
    const terminal = await open()
    terminal.send('\x1a')
    await terminal.until('resumed 1')
    terminal.send('k')
    await terminal.until('[k]')
  })

  it('ends when its terminal goes', async () => {
    const terminal = await open()
    terminal.hangUp()
    await expect.poll(() => isAlive(terminal.pid), { timeout: 10_000, interval: 10 }).toBe(false)
  })
})

it('for a screen reader the program writes plain text on the ordinary screen', async () => {
  const terminal = await open({ env: { INK_SCREEN_READER: 'true' }, rows: 8 })
  expect(terminal.raw).not.toContain('\x1b[?1049h')
  terminal.send('q')
  expect((await terminal.exited).exitCode).toBe(0)
})
