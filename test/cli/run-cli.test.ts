import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { readHistory } from '../../src/check/history/read-history.ts'
import { UsageError } from '../../src/cli/usage-error.ts'
import { ContentError } from '../../src/course/content-error.ts'
import { netsplit, report } from './session.ts'

describe('without a command', () => {
  test('in a terminal the tutor opens', async () => {
    expect(await netsplit([], { terminal: true })).toMatchObject({ exit: 0, out: '', opened: [{ kind: 'home' }] })
  })

  test('with options only, the tutor opens with them', async () => {
    expect(await netsplit(['--ascii', '--no-color'], { terminal: true })).toMatchObject({
      opened: [{ kind: 'home' }],
      options: { ascii: true, color: false, lessons: null, verbose: false },
    })
  })

  test('without a terminal it prints what there is and how to start', async () => {
    const { exit, out, opened } = await netsplit([])
    expect(exit).toBe(0)
    expect(opened).toEqual([])
    await expect(out).toMatchFileSnapshot('golden/overview.txt')
  })
})

describe('commands that open the screen', () => {
  const starts: readonly [string[], unknown][] = [
    [['learn', 'cap/cp-or-ap'], { kind: 'lesson', lesson: 'cap/cp-or-ap' }],
    [['lab'], { kind: 'lab', lab: null, seed: null }],
    [['lab', 'raft', '--seed', '7'], { kind: 'lab', lab: 'raft', seed: 7 }],
    [['lab', 'raft', '--seed=0'], { kind: 'lab', lab: 'raft', seed: 0 }],
    [['quiz'], { kind: 'quiz', topic: null }],
    [['quiz', 'cap'], { kind: 'quiz', topic: 'cap' }],
  ]
  test.each(starts)('%j', async (argv, start) => {
    expect(await netsplit(argv, { terminal: true })).toMatchObject({ exit: 0, err: '', opened: [start] })
  })

  test('say so when there is no terminal', async () => {
    expect(await netsplit(['learn', 'cap/cp-or-ap'])).toMatchObject({
      exit: 2,
      out: '',
      err: 'netsplit: netsplit learn needs a terminal for its screen; without one, see netsplit list and netsplit run\n',
    })
  })
})

describe('list and lab --list', () => {
  test('list is plain text', async () => {
    const { exit, out } = await netsplit(['list'])
    expect(exit).toBe(0)
    await expect(out).toMatchFileSnapshot('golden/list.txt')
  })

  test('list --ascii has no other signs', async () => {
    const { out } = await netsplit(['list', '--ascii'])
    expect(out).toMatch(/^[\n -~]*$/)
    await expect(out).toMatchFileSnapshot('golden/list-ascii.txt')
  })

  test('list --json is an array with exactly the promised members', async () => {
    const rows = JSON.parse((await netsplit(['list', '--json'])).out)
    expect(rows).toHaveLength(3)
    expect(Object.keys(rows[0])).toEqual([
      'id',
      'track',
      'title',
      'minutes',
      'goals',
      'quizItems',
      'predictions',
      'claims',
      'status',
    ])
  })

  test('lab --list names lessons and protocols', async () => {
    const { exit, out } = await netsplit(['lab', '--list'])
    expect(exit).toBe(0)
    await expect(out).toMatchFileSnapshot('golden/labs.txt')
  })
})

describe('run', () => {
  test('a lab, with its commands and seed', async () => {
    const { exit, runs, err } = await netsplit(['run', 'raft', '--seed', '7', '--do', 'p@500 w@1000'])
    expect(exit).toBe(0)
    expect(runs).toEqual([{ kind: 'lab', lab: 'raft', seed: 7, settings: null, commands: 'p@500 w@1000' }])
    expect(err).toBe('netsplit: command 2 was skipped: there is no message n1>n2#9 any more\n')
  })

  test('a run code', async () => {
    expect((await netsplit(['run', 'netsplit1:raft:7::::a-0abc'])).runs).toEqual([
      { kind: 'code', code: 'netsplit1:raft:7::::a-0abc' },
    ])
  })

  test('tells what happened as text without escape codes', async () => {
    const { out } = await netsplit(['run', 'cap/cp-or-ap'])
    expect(out).not.toContain('\u001b')
    await expect(out).toMatchFileSnapshot('golden/run.txt')
  })

  test('tells it in ASCII signs where asked', async () => {
    await expect((await netsplit(['run', 'cap/cp-or-ap', '--ascii'])).out).toMatchFileSnapshot('golden/run-ascii.txt')
  })

  test('--format json is the report, with exactly the promised members', async () => {
    const { out } = await netsplit(['run', 'raft', '--format', 'json'])
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(report)))
    expect(Object.keys(JSON.parse(out))).toEqual([
      'code',
      'lab',
      'seed',
      'nowUs',
      'trace',
      'history',
      'phenomena',
      'verdicts',
      'goals',
    ])
  })

  test('knobs are handed on as they were written', async () => {
    const { runs } = await netsplit(['run', 'raft', '--set', 'reads=lease'])
    expect(runs).toEqual([{ kind: 'lab', lab: 'raft', seed: null, settings: 'reads=lease', commands: null }])
  })

  test('--format history is a file that check reads', async () => {
    const { out } = await netsplit(['run', 'raft', '--format', 'history'])
    const read = readHistory(out, 'run.json')
    expect(JSON.parse(JSON.stringify(read.history))).toEqual(JSON.parse(JSON.stringify(report.history)))
  })

  test('refuses --seed with a run code, which has its own', async () => {
    const { exit, err } = await netsplit(['run', 'netsplit1:raft:7::::a-0abc', '--seed', '1'])
    expect({ exit, err }).toEqual({
      exit: 2,
      err: 'netsplit: a run code has its own seed, knobs and commands; leave --seed, --set and --do away\n',
    })
  })
})

describe('wrong usage is one line that says what to do, exit 2', () => {
  const wrong: readonly [string[], string][] = [
    [['lst'], 'netsplit has no command "lst"; did you mean "list"?'],
    [
      ['zzzzzz'],
      'netsplit has no command "zzzzzz"; there are learn, list, lab, run, check, quiz, progress, completion',
    ],
    [['learn'], 'netsplit learn needs more: use "netsplit learn <lesson>", and see "netsplit learn --help"'],
    [['learn', 'cap/cp-or-pa'], 'there is no lesson "cap/cp-or-pa"; did you mean "cap/cp-or-ap"?'],
    [['learn', 'cp-or-ap'], 'there is no lesson "cp-or-ap"; did you mean "cap/cp-or-ap"?'],
    [['learn', 'quantum/teleport'], 'there is no lesson "quantum/teleport"; "netsplit list" shows what there is'],
    [['learn', 'a/b', 'c'], 'netsplit learn takes no "c"; use "netsplit learn <lesson>"'],
    [['lab', 'rafd'], 'there is no lab "rafd"; did you mean "raft"?'],
    [['run', 'paxos'], 'there is no lab "paxos"; "netsplit lab --list" shows what there is'],
    [['quiz', 'fallacys'], 'there is no topic "fallacys"; "netsplit list" shows what there is'],
    [['run', 'raft', '--sed', '3'], 'netsplit run has no option "--sed"; did you mean "--seed"?'],
    [['list', '--jsn'], 'netsplit list has no option "--jsn"; did you mean "--json"?'],
    [['--no-colour'], 'netsplit has no option "--no-colour"; did you mean "--no-color"?'],
    [['run', 'raft', '--seed'], '--seed needs a value; see "netsplit run --help"'],
    [
      ['run', 'raft', '--seed', '1.5'],
      '--seed "1.5" is no seed; give a whole number from 0 to 9007199254740991, as in --seed 7',
    ],
    [
      ['run', 'raft', '--seed', '99999999999999999999'],
      '--seed "99999999999999999999" is no seed; give a whole number from 0 to 9007199254740991, as in --seed 7',
    ],
    [['run', 'raft', '--format', 'yaml'], '--format takes text, json, history, not "yaml"'],
    [['check', 'f', '--model', 'queue'], '--model takes register, cas-register, kv, counter, set, not "queue"'],
    [['progress', 'delete'], 'netsplit progress takes show, export, import, reset, not "delete"'],
    [['progress', 'export'], 'netsplit progress export needs a file, as in: netsplit progress export progress.json'],
    [['progress', 'show', 'x'], 'netsplit progress show takes no file; leave "x" away'],
    [['list', '--lessons', '/nowhere'], 'there is no folder "/nowhere"; --lessons names a folder with a course.yaml'],
  ]
  test.each(wrong)('%j', async (argv, sentence) => {
    const { exit, out, err } = await netsplit(argv, { terminal: true })
    expect({ exit, out, err }).toEqual({ exit: 2, out: '', err: `netsplit: ${sentence}\n` })
  })

  test('escape sequences and line breaks in arguments are not echoed', async () => {
    const { err } = await netsplit(['learn', 'cap\u001b]0;owned\u0007/x\n\u202ey'])
    expect(err).toBe('netsplit: there is no lesson "cap/x y"; "netsplit list" shows what there is\n')
  })

  test('an unknown command with escape sequences is not echoed as it is', async () => {
    const { err } = await netsplit(['\u001b[31mred'])
    expect(err).toContain('netsplit has no command "red";')
  })

  test('a word of ten thousand letters is shortened', async () => {
    const { err } = await netsplit(['learn', 'x'.repeat(10_000)])
    expect(err.length).toBeLessThan(200)
  })
})

describe('failures of the work itself', () => {
  const failing = (error: Error) => ({ actions: { run: () => Promise.reject(error) } })

  test('an expected one is its own sentence', async () => {
    for (const error of [
      new ContentError({ file: 'lab.yaml', line: 3, column: 5 }, 'there is no node n9'),
      new UsageError('lab.yaml:3:5: there is no node n9'),
    ])
      expect(await netsplit(['run', 'raft'], failing(error))).toMatchObject({
        exit: 2,
        out: '',
        err: 'netsplit: lab.yaml:3:5: there is no node n9\n',
      })
  })

  test('a defect says that it is one; the stack is shown with --verbose only', async () => {
    const error = new TypeError('x is not a function\n\u001b[2J')
    const quiet = await netsplit(['run', 'raft'], failing(error))
    expect(quiet).toMatchObject({
      exit: 2,
      err: 'netsplit: a defect of netsplit: x is not a function ; please report it with what --verbose shows\n',
    })
    const loud = await netsplit(['run', 'raft', '--verbose'], failing(error))
    expect(loud.err).toContain('run-cli.test')
    expect(loud.err).not.toContain('\u001b')
  })
})

describe('help, version, completion', () => {
  test('--version', async () => {
    expect(await netsplit(['--version'])).toMatchObject({ exit: 0, out: '1.2.3\n', err: '' })
  })

  test.each([[[]], [['run']], [['check']], [['progress']]])('%j --help', async (command: string[]) => {
    const { exit, out, err } = await netsplit([...command, '--help'])
    expect({ exit, err }).toEqual({ exit: 0, err: '' })
    await expect(out).toMatchFileSnapshot(`golden/help${command.map(word => `-${word}`).join('')}.txt`)
  })

  test('help is the same as --help', async () => {
    expect((await netsplit(['help', 'run'])).out).toBe((await netsplit(['run', '--help'])).out)
    expect((await netsplit(['help'])).out).toBe((await netsplit(['--help'])).out)
  })

  test('completion prints a script that bash takes', async () => {
    const { exit, out } = await netsplit(['completion'])
    expect(exit).toBe(0)
    await expect(out).toMatchFileSnapshot('golden/completion.txt')
    execFileSync('bash', ['-n'], { input: out })
  })

  test.each([
    [['learn', ''], 'cap/cp-or-ap'],
    [['lab', ''], 'raft'],
    [['quiz', ''], 'cap'],
    [['pro'], 'progress'],
    [[''], 'learn'],
    [['progress', 'e'], 'export'],
    [['check', '--con'], '--consistency'],
    [['check', '--consistency', 'seq'], 'sequential'],
    [['--asc'], '--ascii'],
  ])('completing %j offers %s', async (words, expected) => {
    const { exit, out } = await netsplit(['--complete', ...words])
    expect(exit).toBe(0)
    expect(out.split('\n')).toContain(expected)
  })

  test('completing what cannot become anything, or when the course cannot be read, offers nothing', async () => {
    expect((await netsplit(['--complete', 'learn', 'zzz'])).out).toBe('')
    const actions = { tracks: () => Promise.reject(new Error('broken course')) }
    expect(await netsplit(['--complete', 'learn', ''], { actions })).toMatchObject({ exit: 0, out: '', err: '' })
  })
})
