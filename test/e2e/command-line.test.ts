import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Outcome, run } from './program.ts'
import { TRIAL, temporary } from './tutor.ts'

const trial = (...args: readonly string[]): Outcome => run([...TRIAL, ...args], temporary())

/** One line on standard error that begins with the program's name, and nothing else anywhere. */
const expectRefusal = (outcome: Outcome, says: RegExp): void => {
  expect(outcome).toMatchObject({ code: 2, out: '' })
  expect(outcome.err).toMatch(/^netsplit: [^\n]+\n$/)
  expect(outcome.err).toMatch(says)
}

describe('without a terminal', () => {
  it('netsplit tells in plain text what there is', () => {
    const { code, out, err } = run([], temporary())
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('How to start')
    expect(out).not.toContain('\x1b')
  })

  it('lists in plain text, and as JSON for machines', () => {
    expect(trial('list').out).toContain('Letters on trial')
    const [first] = JSON.parse(trial('list', '--json').out)
    expect(Object.keys(first)).toEqual([
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
    expect(first).toMatchObject({
      id: 'trial/letters',
      goals: 2,
      quizItems: 6,
      predictions: 2,
      claims: 1,
      status: 'new',
    })
  })

  it('a reader that goes away is nothing to speak of', () => {
    const home = temporary()
    const script = `"${process.execPath}" bin/netsplit.js ${TRIAL.join(' ')} run raft --format json | head -c 1; echo "\${PIPESTATUS[0]}"`
    const out = execFileSync('bash', ['-c', `exec 2>&1; ${script}`], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: home },
    })
    expect(out).toBe('{0\n')
  })

  it('a lab is run by name, seed and commands, and the code of that run gives it again', () => {
    const first = trial('run', 'raft', '--seed', '7', '--do', 'p@500 w@1000', '--format', 'json')
    const report = JSON.parse(first.out)
    expect(Object.keys(report)).toEqual([
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
    expect(report).toMatchObject({ lab: 'raft', seed: 7, nowUs: 8_000_000 })
    const again = trial('run', report.code, '--format', 'json')
    expect(again).toEqual(first)
  })

  it('labs are named', () => {
    expect(trial('lab', '--list').out).toContain('raft')
  })
})

describe('what is not there is refused with what is', () => {
  it.each([
    [['learn', 'trial/leters'], /did you mean "trial\/letters"\?/],
    [['learn', 'nonsense'], /no lesson "nonsense"/],
    [['lab', 'nonsense'], /no lab "nonsense"/],
    [['run', 'nonsense'], /no lab "nonsense"/],
    [['quiz', 'nonsense'], /no topic "nonsense"/],
    [['nonsense'], /nonsense/],
    [['list', '--nonsense'], /nonsense/],
    [['run', 'netsplit1:raft:3::p@0,w@0::0000000000000-0000'], /./],
    [['run', 'netsplit9:raft:3::p@0,w@0::6i9v0deqzss6-okpk'], /newer|later|version|format/],
    [['run', 'raft', '--do', 'p@@'], /./],
    [['run', 'raft', '--seed', 'x'], /seed/],
    [['learn', 'trial/letters'], /terminal/],
  ] as const)('%j', (args, says) => {
    expectRefusal(trial(...args), says)
  })

  it('a folder of lessons that is none', () => {
    expectRefusal(run(['--lessons', 'no/such/folder', 'list'], temporary()), /no folder "no\/such\/folder"/)
    expectRefusal(run(['--lessons', temporary(), 'list'], temporary()), /course\.yaml/)
  })
})

/** The course of the tests, with one text replaced in one of its files. */
const courseWith = (file: string, from: string, to: string): string => {
  const folder = join(temporary(), 'lessons')
  cpSync('test/trial-course', folder, { recursive: true })
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`)
  writeFileSync(path, text.replace(from, to))
  return folder
}

describe('lessons with something wrong are refused with file and line', () => {
  it.each([
    ['YAML that is none', 'trial/letters/lab.yaml', 'untilMs: 6000', 'untilMs: [6000', /lab\.yaml:\d+:\d+: /],
    ['an unknown member', 'trial/letters/lab.yaml', 'views: ', 'wiews: ', /lab\.yaml:\d+.*wiews/],
    ['front matter that is none', 'trial/letters/lesson.md', 'minutes: 7', 'minutes: "', /lesson\.md:\d+/],
    ['a page of no kind', 'trial/letters/lesson.md', '## hook:', '## hok:', /lesson\.md:\d+.*hok/],
    [
      'a claim that does not hold',
      'trial/letters/lab.yaml',
      'expect: alice.write#1 ok',
      'expect: alice.write#1 fail',
      /always-ok/,
    ],
    ['a protocol that is not there', 'trial/letters/lab.yaml', 'protocol: server', 'protocol: sever', /sever/],
    ['a lesson that is not there', 'course.yaml', '[letters, again]', '[letters, gone]', /again|gone/],
    ['a quiz without a right option', 'trial/letters/quiz.yaml', '        right: true\n', '', /quiz\.yaml:\d+/],
    [
      'control characters',
      'trial/letters/lesson.md',
      'This is Alice',
      '\x1b]0;pwned\x07This is Alice',
      /lesson\.md:\d+/,
    ],
  ])('%s', (_, file, from, to, says) => {
    expectRefusal(run(['--lessons', courseWith(file, from, to), 'list'], temporary()), says)
  })

  it('a binary file', () => {
    const folder = courseWith('course.yaml', 'On trial', 'Trial')
    writeFileSync(join(folder, 'trial', 'letters', 'quiz.yaml'), Buffer.from([0, 255, 254, 1]))
    expectRefusal(run(['--lessons', folder, 'list'], temporary()), /quiz\.yaml.*UTF-8/)
  })

  it('a file that is a folder', () => {
    const folder = courseWith('course.yaml', 'On trial', 'Trial')
    rmSync(join(folder, 'trial', 'letters', 'quiz.yaml'))
    mkdirSync(join(folder, 'trial', 'letters', 'quiz.yaml'))
    expectRefusal(run(['--lessons', folder, 'list'], temporary()), /quiz\.yaml/)
  })
})

it('arguments with escape sequences in them do not reach the terminal', () => {
  for (const args of [['learn', '\x1b]0;pwned\x07'], ['\x1b[2J'], ['--lessons', '\x1b[2J'], ['run', 'a:\x1b[2J']]) {
    const { code, err } = run(args, temporary())
    expect(code).toBe(2)
    expect(err).not.toMatch(new RegExp(`[${'\x1b\x07'}]`))
  }
})
