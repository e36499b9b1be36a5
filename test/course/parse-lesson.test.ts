import { describe, expect, test } from 'vitest'
import { parseTiny, refusal, type TinyLesson, tinyLesson } from './tiny-lesson.ts'

/** The refusal of the tiny lesson with one text of one file replaced. */
const refused = (file: keyof TinyLesson, from: string, to: string): string => {
  expect(tinyLesson[file]).toContain(from)
  return refusal(() => parseTiny({ [file]: tinyLesson[file].replace(from, () => to) }))
}

describe('a lesson', () => {
  test('is its front matter, pages, lab and quiz', () => {
    const lesson = parseTiny()
    expect(lesson).toMatchObject({ id: 'trial/tiny', track: 'trial', title: 'A tiny lesson', covers: ['L1-18'] })
    expect(lesson.pages.map(({ kind, subjects, line }) => [kind, subjects, line])).toEqual([
      ['hook', [], 12],
      ['predict', ['answer'], 16],
      ['observe', ['answer'], 20],
      ['goal', ['done'], 24],
    ])
    expect(lesson.pages[3]?.lab).toBe('i=on w@100')
    expect(lesson.lab.id).toBe('trial/tiny')
    expect(lesson.quiz).toHaveLength(1)
  })

  test('quotes the numbers that its claims measured', () => {
    expect(parseTiny().pages[0]?.blocks).toEqual([
      {
        kind: 'paragraph',
        text: [
          { text: 'They ' },
          { text: 'lose', style: 'term', term: 'message-loss' },
          { text: ' a message in 3 of 3 runs.' },
        ],
      },
    ])
  })

  test('has a myth only with its correction, the mechanism, and where it looks right', () => {
    const card = '## myth: Two of three\n\n> Pick two.\n\nYou pick one.\n\nSince a cut is no choice.'
    const whole = parseTiny({ lesson: `${tinyLesson.lesson}\n${card}\n\nOn slides.\n` }).pages.at(-1)
    expect(whole).toMatchObject({ kind: 'myth', title: 'Two of three' })
    expect(whole?.blocks.map(({ kind }) => kind)).toEqual(['quote', 'paragraph', 'paragraph', 'paragraph'])
    expect(refusal(() => parseTiny({ lesson: `${tinyLesson.lesson}\n${card}\n` }))).toMatch(
      /^lesson\.md:29: a page of kind myth is a quotation \(the myth\) and three paragraphs/,
    )
  })

  test('may have been written on Windows', () => {
    const windows = tinyLesson.lesson.replaceAll('\n', '\r\n')
    expect(parseTiny({ lesson: windows }).pages).toEqual(parseTiny().pages)
  })
})

describe('front matter', () => {
  test('that is missing or never ends', () => {
    expect(refused('lesson', '---\nid', 'id')).toMatch(
      /^lesson\.md:1: the front matter is missing; begin the file with/,
    )
    expect(refused('lesson', '  - cite: Somebody, 1984\n---', '  - cite: Somebody, 1984')).toMatch(
      /front matter is missing/,
    )
  })

  test('that is no YAML, with line and column of the whole file', () => {
    expect(refused('lesson', 'covers: [L1-18]', 'covers: [L1-18')).toMatch(/^lesson\.md:6:1: this is no valid YAML: /)
  })

  test('with an unknown, a missing, a wrong and a doubled key', () => {
    expect(refused('lesson', 'minutes: 5', 'minutes: 5\nauthor: me')).toBe(
      'lesson.md:5:1: this file has no key "author"; remove it or correct its spelling',
    )
    expect(refused('lesson', 'minutes: 5\n', '')).toBe('lesson.md:2:1: minutes must be a number; add it')
    expect(refused('lesson', 'minutes: 5', 'minutes: five')).toMatch(
      /^lesson\.md:4:1: minutes must be a number; change it$/,
    )
    expect(refused('lesson', 'minutes: 5', 'minutes: 5\nminutes: 6')).toMatch(
      /^lesson\.md:5:\d+: this is no valid YAML: map keys must be unique$/,
    )
  })

  test('with lines of the source text that are not written as such', () => {
    expect(refused('lesson', 'L1-18', '1-18')).toMatch(
      /^lesson\.md:5:\d+: covers\.0: lines are written L85 or L85-119$/,
    )
  })

  test('whose id is not that of the folder', () => {
    expect(refused('lesson', 'id: trial/tiny', 'id: trial/other')).toBe(
      'lesson.md:2:1: the id is "trial/other" but the folder says "trial/tiny"; make them the same',
    )
  })
})

describe('pages', () => {
  test.each([
    [
      'text before the first page',
      '\n## hook: Two',
      'Hello.\n\n## hook: Two',
      /^lesson\.md:11: this text stands before the first page/,
    ],
    [
      'an unknown kind',
      '## hook: Two',
      '## prologue: Two',
      /^lesson\.md:12: "prologue" is no kind of page; use one of hook, attempt,/,
    ],
    [
      'a heading without a title',
      '## hook: Two machines',
      '## hook',
      /^lesson\.md:12: this heading is not of the form "## kind subject: Title"/,
    ],
    [
      'a prediction that the lab has not',
      '## predict answer',
      '## predict anser',
      /^lesson\.md:16: the lab has no prediction "anser"; it has answer$/,
    ],
    [
      'a goal that the lab has not',
      '## goal done',
      '## goal don',
      /^lesson\.md:24: the lab has no goal "don"; it has done$/,
    ],
    [
      'a goal page without a goal',
      '## goal done',
      '## goal',
      /^lesson\.md:24: a page of kind goal names its goal after the kind, as in "## goal done: Title"$/,
    ],
    [
      'a prediction that is not observed',
      '## observe answer',
      '## explain',
      /^lesson\.md:20: a page of kind predict is followed by one of kind observe$/,
    ],
    [
      'an observation that was not predicted',
      '## predict answer',
      '## hook',
      /^lesson\.md:20: the page that observes answer must follow the page that predicts it$/,
    ],
    [
      'a link out',
      'glossary:message-loss',
      'https://example.org',
      /^lesson\.md:14: the link "lose" goes to https:\/\/example\.org; link to glossary:entry/,
    ],
    ['HTML', 'Get one.', '<b>Get one.</b>', /^lesson\.md:\d+: html is not part of a lesson's Markdown/],
    [
      'a table',
      'Get one.',
      '| a | b |\n|---|---|\n| 1 | 2 |',
      /^lesson\.md:\d+: table is not part of a lesson's Markdown/,
    ],
    ['a picture', 'Get one.', '![x](y.png)', /^lesson\.md:\d+: image is not part of a lesson's Markdown/],
    ['a list in a list', 'Get one.', '- a\n  - b', /^lesson\.md:\d+: a list stands within a list/],
  ])('%s is refused with its line', (_, from, to, sentence) => {
    expect(refused('lesson', from, to)).toMatch(sentence)
  })

  test('there are none', () => {
    const [matter = ''] = tinyLesson.lesson.split('## hook')
    expect(refusal(() => parseTiny({ lesson: matter }))).toMatch(/^lesson\.md:11: the lesson has no page/)
  })
})

describe('a number in the prose', () => {
  test.each([
    [
      'of a claim that is not there',
      'lossy.hits',
      'lossless.hits',
      /^lesson\.md:14: the lab has no claim "lossless"; it has lossy$/,
    ],
    ['of no figure', 'lossy.hits', 'lossy.tries', /^lesson\.md:14: a claim has no figure "tries"; it has value, hits,/],
    [
      'that was not measured',
      'lossy.hits',
      'lossy.value',
      /^lesson\.md:14: the claim lossy measures no value; give it a measure$/,
    ],
  ])('%s is refused', (_, from, to, sentence) => {
    expect(refused('lesson', from, to)).toMatch(sentence)
  })

  test('of a claim that does not hold is refused with what was found, and a seed', () => {
    expect(refused('lab', 'loss=1', 'loss=0')).toMatch(
      /^lesson\.md:14: the claim lossy does not hold: wanted always, and it held in 0 of 3 runs, not for seed 1: alice#1 \(write x\) ended ok, not alice\.write unknown\.$/,
    )
  })
})

describe('lab.yaml', () => {
  test.each([
    ['no YAML', 'untilMs: 2000', 'untilMs: [2000', /^lab\.yaml:\d+:\d+: this is no valid YAML: /],
    [
      'an unknown key',
      'untilMs: 2000',
      'untilMs: 2000\npace: 3',
      /^lab\.yaml:4:1: this file has no key "pace"; remove it or correct its spelling$/,
    ],
    [
      'an unknown key deep within',
      'say: An answer, when',
      'say: An answer, whn: 1, when',
      /^lab\.yaml:\d+:\d+: goals\.0 has no key "whn"/,
    ],
    ['a missing key', 'untilMs: 2000\n', '', /^lab\.yaml:1:1: untilMs must be a number; add it$/],
    [
      'a wrong number of tips',
      'tips: [a, b, c]',
      'tips: [a, b]',
      /^lab\.yaml:14:\d+: goals\.0\.tips: a goal has three tips, each stronger$/,
    ],
    [
      'an unknown protocol',
      'protocol: server',
      'protocol: sever',
      /^lab\.yaml:2:\d+: there is no protocol "sever"; did you mean "server"\?/,
    ],
    ['an unknown option', 'deduplicate: true', 'dedupe: true', /^lab\.yaml:5:\d+: .*server has no option "dedupe"/],
    ['a command that cannot be read', 'solution: w@100', 'solution: w@soon', /^lab\.yaml:14:\d+: /],
    ['a condition that cannot be read', 'when: alice.write ok', 'when: alise.write ok', /^lab\.yaml:14:\d+: .*"alise"/],
  ])('with %s is refused with its place', (_, from, to, sentence) => {
    expect(refused('lab', from, to)).toMatch(sentence)
  })
})

describe('quiz.yaml', () => {
  test.each([
    [
      'two right options',
      'why: It is not. }\n      - { say: neither',
      'why: It is., right: true }\n      - { say: neither',
      /^quiz\.yaml:\d+:\d+: items\.0\.options: exactly one option must be right, here 2 are$/,
    ],
    [
      'an option without its why',
      ', why: It is not. }\n      - { say: neither',
      ' }\n      - { say: neither',
      /^quiz\.yaml:7:\d+: items\.0\.options\.1\.why must be a string; add it$/,
    ],
    [
      'an unknown kind',
      'kind: single',
      'kind: simple',
      /^quiz\.yaml:3:5: items\.0\.kind must be one of single, multiple, order, estimate, line, run$/,
    ],
  ])('with %s is refused with its place', (_, from, to, sentence) => {
    expect(refused('quiz', from, to)).toMatch(sentence)
  })

  test('that asks for a run which the lab does not have is refused', () => {
    const quiz = 'items:\n  - { id: run, kind: run, stem: What now?, prediction: anser }\n'
    expect(refusal(() => parseTiny({ quiz }))).toMatch(
      /^quiz\.yaml:2:\d+: the lab has no prediction "anser"; it has answer$/,
    )
    expect(parseTiny({ quiz: quiz.replace('anser', 'answer') }).quiz).toMatchObject([{ kind: 'run' }])
  })

  test('with two items of one id is refused', () => {
    const again = tinyLesson.quiz.slice(tinyLesson.quiz.indexOf('  - id'))
    expect(refusal(() => parseTiny({ quiz: tinyLesson.quiz + again }))).toBe(
      'quiz.yaml:9:5: two items have the id "one"; rename one',
    )
  })
})

describe('control sequences', () => {
  test.each([
    ['an escape written out', '"\\e[31mred"'],
    ['by number', '"\\x9b31mred"'],
    ['reordering', '"\\u202ered"'],
  ])('%s in a text of YAML is refused, and not repeated', (_, text) => {
    const sentence = refused('quiz', 'Which?', text)
    expect(sentence).toMatch(/^quiz\.yaml:4:5: this text has a control character in it/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for them is the point.
    expect(sentence).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
  })

  test('a bomb of aliases is refused', () => {
    expect(refused('quiz', 'items:', 'a: &a [x]\nb: [*a, *a]\nitems:')).toMatch(
      /^quiz\.yaml:2:5: an alias \(\*name\) is not allowed here; write the value out$/,
    )
  })
})
