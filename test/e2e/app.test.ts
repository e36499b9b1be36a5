import { describe, expect, it } from 'vitest'
import { expectRestored } from './restored.ts'
import { launch, openHome, openLesson, TRIAL, temporary } from './tutor.ts'

describe('the tutor', () => {
  it('opens on its own course, with the first lesson under the key enter', async () => {
    const terminal = launch({ args: [] })
    await terminal.until('a laboratory of distributed systems')
    await terminal.until('Begin: ')
    expect(terminal.alternate).toBe(true)
    terminal.send('\r')
    await terminal.until('hook 1/')
  })

  it('opens one lesson by name', async () => {
    const terminal = launch({ args: [...TRIAL, 'learn', 'trial/again'] })
    await terminal.until('Letters again')
    await terminal.until('hook 1/2')
  })

  it('opens the sandbox with a seed', async () => {
    const terminal = launch({ args: [...TRIAL, 'lab', 'raft', '--seed', '7'] })
    await terminal.until('Five that agree')
    await terminal.until('seed 7')
  })

  it('takes a lesson from its first page to a stored prediction and its run', async () => {
    const terminal = await openLesson({ cols: 120, rows: 40 })
    terminal.send('\r')
    await terminal.until('attempt 2/11')
    terminal.send(`w${'\x1b[C'.repeat(6)}`)
    await terminal.until('Reached.')
    terminal.send('\r')
    await terminal.until('How does Alice')
    terminal.send('3')
    await terminal.until('How sure?')
    terminal.send('2')
    await terminal.until('Stored.')
    terminal.send('\r')
    await terminal.until('observe 4/11')
    terminal.send('\r')
    await terminal.until('What did you see?')
    terminal.send('1')
    await terminal.until(/The run: |Look once more/)
  })
})

describe('the terminal is given back', () => {
  it.each([
    ['q', 0],
    ['\x03', 0],
  ])('on the key %j', async (key, exitCode) => {
    const terminal = await openLesson()
    terminal.send('w ')
    await terminal.until('▶')
    terminal.send(key)
    expect((await terminal.exited).exitCode).toBe(exitCode)
    expectRestored(terminal)
    expect(terminal.screen()).not.toContain('space-time')
  })

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const)('on %s', async (signal, exitCode) => {
    const terminal = await openLesson()
    terminal.send('w ')
    await terminal.until('▶')
    terminal.kill(signal)
    expect((await terminal.exited).exitCode).toBe(exitCode)
    expectRestored(terminal)
  })

  it('on ctrl+z, and fg brings the lesson back as it was', async () => {
    const shell = launch({ command: 'bash', args: ['--norc', '-i'], env: { PS1: '$ ' } })
    await shell.until('$ ')
    shell.send(`"${process.execPath}" bin/netsplit.js ${TRIAL.join(' ')} learn trial/letters\r`)
    await shell.until('hook 1/11')
    shell.send('w')
    await shell.until('write x=1')
    shell.send('\x1a')
    await shell.until('Stopped')
    expectRestored(shell, ['?1049', '?2026'])
    shell.send('fg\r')
    await shell.until(() => shell.alternate && shell.screen().includes('write x=1'))
    shell.send('q')
    await shell.until(() => !shell.alternate)
    shell.send('exit\r')
    await shell.exited
  })
})

describe('keys', () => {
  it('that arrive in one read are all taken', async () => {
    const terminal = await openLesson({ cols: 120, rows: 40 })
    terminal.send('wwwy')
    await terminal.until('w@0,w@0,w@0:')
  })

  it('are none in unknown escape sequences', async () => {
    const terminal = await openLesson({ cols: 120, rows: 40 })
    terminal.send('\x1b[99~\x1b]0;w\x07\x1b[?1;2c\x1b[<0;1;1M\x1bPw\x1b\\\x1b[1;5Iwy')
    await terminal.until('trial/letters:1::w@0:')
  })

  it('are none in pasted text', async () => {
    const terminal = await openLesson({ cols: 120, rows: 40 })
    terminal.send('\x1b[200~wq\rw \x1b[201~wy')
    await terminal.until('trial/letters:1::w@0:')
  })

  it('typed before everything is loaded are not lost', async () => {
    const terminal = launch({ args: TRIAL })
    await terminal.until(() => terminal.raw !== '')
    terminal.send('\r')
    await terminal.until('hook 1/11')
  })
})

it('a paused screen is sent not one byte while another one plays for a second of its own time', async () => {
  const paused = await openLesson()
  paused.send('w  ')
  await paused.until(/seed 1 .*‖/)
  const playing = await openLesson()
  // The frame after the last key has come whole when the next lesson stands.
  const before = paused.bytes
  playing.send('w++ ')
  await playing.until(/seed 1 {2}[1-9]\.\d+ s/)
  expect(paused.bytes).toBe(before)
})

describe('what the terminal can do', () => {
  it('without colour: NO_COLOR', async () => {
    const terminal = await openLesson({ env: { NO_COLOR: '1' } })
    expect(terminal.raw).not.toMatch(new RegExp(`${'\x1b'}\\[(3[0-7]|9[0-7])m`))
  })

  it('nothing but ASCII: --ascii', async () => {
    const terminal = await openLesson({ args: ['--ascii'] })
    terminal.send('w ')
    await terminal.until('write x=1')
    const text = terminal.raw.replaceAll('\x1b', '')
    expect([...text].filter(character => character > '~')).toEqual([])
  })

  it('too small for netsplit: says so, and goes on when it is larger', async () => {
    const terminal = await openLesson()
    terminal.resize(50, 12)
    await terminal.until('netsplit needs 60 columns and 18 rows.')
    terminal.resize(100, 30)
    await terminal.until('hook 1/11')
  })

  it('too small from the start', async () => {
    const terminal = launch({ args: [], cols: 40, rows: 10 })
    await terminal.until('netsplit needs 60 columns')
    expect(terminal.raw).not.toContain('a laboratory of')
    terminal.resize(80, 24)
    await terminal.until('a laboratory of distributed systems')
  })
})

it('home shows what was done when one comes back', async () => {
  const home = temporary()
  const terminal = await openLesson({ home })
  terminal.send('\r')
  await terminal.until('attempt 2/11')
  terminal.send('q')
  await terminal.exited
  const again = await openHome({ home })
  expect(again.screen()).toContain('Continue: Letters on trial')
  again.send('\r')
  await again.until('attempt 2/11')
})
