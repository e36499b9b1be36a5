import { quizTopics } from '../../course/quiz-topic.ts'
import { assertNever } from '../../kernel/assert-never.ts'
import type { Binding, Scope } from '../keymap.ts'
import { beside, wrap } from '../layout.ts'
import { blankLine, type Line, line } from '../line.ts'
import { headerLine } from '../panes/header-line.ts'
import { knobLine } from '../panes/lab-lines.ts'
import { glossaryRows } from '../screens/glossary-entries.ts'
import { helpLines, type LabLetter } from '../screens/help-lines.ts'
import type { LabState } from '../screens/lab-state.ts'
import { drawerLines, knobLines, knobStates, labHints, labLines, logOf, paceWords } from '../screens/lab-view.ts'
import { currentPage } from '../screens/lesson-state.ts'
import { BESIDE_FROM, isTextOnly, lessonLines } from '../screens/lesson-view.ts'
import { firstRow } from '../screens/list-state.ts'
import { namedFirst } from '../screens/page-keys.ts'
import { boldWords } from '../screens/prose-lines.ts'
import { topicQuizLines } from '../screens/topic-quiz-lines.ts'
import { WATCHING } from '../screens/watched-run.ts'
import type { Theme } from '../theme.ts'
import { footKeys, footLines } from './foot-keys.ts'
import { type Frame, tile } from './frame.ts'
import { homeBody, plainHead } from './home-body.ts'
import { isTooSmall, LEAST, type Model, type Screen, shownScreen } from './model.ts'
import { scopesOf } from './scopes.ts'
import { hitsOf } from './screen-key.ts'

type Of<Kind extends Screen['kind']> = Extract<Screen, { kind: Kind }>

const HEAD = 1
const FOOT = 2

/** The whole screen as rows: a head, a body, two lines of keys at the foot. */
export const view = (model: Model): Frame => {
  const { columns, rows } = model.size
  const { theme } = model
  if (isTooSmall(model.size)) return calmNotice(model)
  const height = rows - HEAD - FOOT
  const screen = shownScreen(model)
  return {
    head: tile([headOf(model, screen)], columns, HEAD, theme),
    columns: [{ width: columns, tiles: [tile(bodyOf(model, screen, columns, height), columns, height, theme)] }],
    foot: tile(footOf(model, screen, columns), columns, FOOT, theme),
  }
}

const calmNotice = (model: Model): Frame => {
  const { columns, rows } = model.size
  const { theme } = model
  const text = wrap(
    `netsplit needs ${LEAST.columns} columns and ${LEAST.rows} rows. Make the window larger; nothing is lost.`,
    Math.max(1, columns - 2),
  )
  const above = Math.max(0, Math.floor((rows - text.length) / 2) - 1)
  const lines = [
    ...Array.from({ length: above }, () => blankLine),
    ...text.map((spans): Line => [{ text: ' ' }, ...spans]),
  ]
  return {
    head: tile([], columns, Math.min(1, rows), theme),
    columns: [{ width: columns, tiles: [tile(lines, columns, Math.max(0, rows - 1), theme)] }],
    foot: tile([], columns, 0, theme),
  }
}

const TITLES: { readonly [kind in Exclude<Screen['kind'], 'lesson' | 'lab'>]: string } = {
  home: 'a laboratory of distributed systems',
  labs: 'sandbox',
  topics: 'quiz',
  glossary: 'glossary',
  search: 'search',
  help: 'help',
  quiz: 'quiz',
}

const headOf = (model: Model, screen: Screen): Line => {
  const { columns } = model.size
  if (screen.kind === 'lesson' || screen.kind === 'lab') return labHead(model, screen)
  return plainHead(TITLES[screen.kind], columns, model.theme)
}

const labHead = (model: Model, screen: Of<'lesson'> | Of<'lab'>): Line => {
  const lesson = screen.kind === 'lesson' ? screen.state : null
  const bench = screen.kind === 'lesson' ? screen.state.bench : screen.state
  const { session } = bench
  const header = {
    place: lesson ? lesson.lesson.id : 'sandbox',
    title: lesson ? lesson.lesson.title : session.lab.title,
    phase: lesson ? `${currentPage(lesson).kind} ${lesson.page + 1}/${lesson.lesson.pages.length}` : '',
    seed: session.seed,
    nowUs: session.nowUs,
    playing: bench.playing,
    pace: paceWords(bench),
    notice: '',
  }
  return [{ text: ' ' }, ...headerLine(header, model.size.columns - 2, model.theme)]
}

const bodyOf = (model: Model, screen: Screen, width: number, height: number): Line[] => {
  const { theme } = model
  switch (screen.kind) {
    case 'home':
      return homeBody(model, screen.list.cursor, width, height)
    case 'labs':
      return listBody(
        model.labs.map(lab => [lab.title, lab.about]),
        screen.list.cursor,
        'Choose a cluster to play with.',
        width,
        height,
        model,
      )
    case 'topics':
      return listBody(
        quizTopics(model.course).map(topic => [topic.title, topic.about]),
        screen.list.cursor,
        'What shall the questions be about?',
        width,
        height,
        model,
      )
    case 'glossary': {
      const entries = glossaryRows(screen.entries).map(row => [row.term, row.says] as const)
      return listBody(entries, screen.list.cursor, '', width, height, model)
    }
    case 'search': {
      const hits = hitsOf(model, screen).map(hit => [hit.title, hit.says] as const)
      return listBody(hits, screen.list.cursor, `/${screen.query}_`, width, height, model)
    }
    case 'help': {
      const lines = helpLines(helpScopes(model), lettersOf(model), Math.min(width - 4, 90), theme)
      const first = Math.max(0, Math.min(screen.scroll, lines.length - height + 1))
      return [blankLine, ...lines.slice(first, first + height - 1)].map((spans): Line => [{ text: '  ' }, ...spans])
    }
    case 'lesson':
      return lessonLines(screen.state, model.progress, width, height, theme)
    case 'lab':
      return sandboxBody(screen.state, width, height, model)
    case 'quiz':
      return quizBody(screen, width, height, model)
    default:
      return assertNever(screen)
  }
}

/** A list at the left and, where there is room, what the lit row says beside it; below it otherwise. */
const listBody = (
  rows: readonly (readonly [string, string])[],
  cursor: number,
  head: string,
  width: number,
  height: number,
  { theme }: Model,
): Line[] => {
  const wide = width >= 96
  const room = wide ? height - 3 : height - 9
  const first = Math.max(0, firstRow(cursor, rows.length, room))
  const list = rows.slice(first, first + room).map(([name], index): Line => {
    const lit = first + index === cursor
    return [
      { text: lit ? `${theme.glyph.pointer} ` : '  ', style: 'accent' },
      { text: name, style: lit ? 'strong' : 'plain' },
    ]
  })
  const said = rows[cursor]
  const about = said
    ? [
        [{ text: said[0], style: 'title' as const }],
        blankLine,
        ...wrap(said[1], wide ? Math.min(60, width - 48) : width - 6),
      ]
    : [line('Nothing found.', 'old')]
  const top: Line[] = head === '' ? [blankLine] : [blankLine, line(`  ${head}`, 'accent'), blankLine]
  const padded = list.map((spans): Line => [{ text: '  ' }, ...spans])
  if (wide)
    return [
      ...top,
      ...beside(
        [
          { lines: padded, width: 44 },
          { lines: about, width: Math.min(60, width - 46) },
        ],
        theme,
        2,
      ),
    ]
  const filled = Array.from({ length: room }, (_, row) => padded[row] ?? blankLine)
  return [...top, ...filled, blankLine, ...about.map((spans): Line => [{ text: '  ' }, ...spans])]
}

const sandboxBody = (state: LabState, width: number, height: number, { theme }: Model): Line[] => {
  if (width < 100 && !state.drawer)
    return labLines({ ...state, pane: state.pane === 'text' ? 'cluster' : state.pane }, width, height, theme)
  const left = width < 100 ? width : 36
  const text = state.drawer
    ? drawerLines(state.drawer, state, left - 3, height - 1, theme)
    : benchNotes(state, left - 3, height - 1, theme)
  const padded = [blankLine, ...text].map((spans): Line => [{ text: ' ' }, ...spans])
  if (width < 100) return padded
  return beside(
    [
      { lines: padded, width: left },
      { lines: labLines(state, width - left, height, theme), width: width - left },
    ],
    theme,
    0,
  )
}

/** The switches of a lab, and what was done to it. */
const benchNotes = (state: LabState, width: number, height: number, theme: Theme): Line[] => {
  const knobs = knobLines(state, width, theme)
  const switches: Line[] = knobs.length === 0 ? [] : [line('Switches', 'title'), ...knobs, blankLine]
  const log = logOf(state, width, Math.max(1, height - switches.length - 1), theme)
  return [...switches, line('What you did', 'title'), ...(log.length === 0 ? [line('nothing yet', 'old')] : log)]
}

const quizBody = (screen: Of<'quiz'>, width: number, height: number, { theme }: Model): Line[] => {
  const inner = Math.min(width - 4, 76)
  const lines = topicQuizLines(screen.state, inner, theme)
  const scroll = Math.max(0, Math.min(screen.state.quiz?.scroll ?? 0, lines.length - height + 1))
  return [blankLine, ...lines.slice(scroll, scroll + height - 1)].map((spans): Line => [{ text: '  ' }, ...spans])
}

const benchOf = (screen: Screen): LabState | null =>
  screen.kind === 'lesson' ? screen.state.bench : screen.kind === 'lab' ? screen.state : null

/** The scopes that the help is about: those of the screen under it. */
const helpScopes = (model: Model): readonly Scope[] => {
  const under = model.screens.at(-2)
  return under ? scopesOf(under) : ['list']
}

const lettersOf = (model: Model): readonly LabLetter[] => {
  const under = model.screens.at(-2)
  const bench = under ? benchOf(under) : null
  if (!bench) return []
  const { keys, knobs } = bench.session.lab
  return [
    ...keys,
    ...knobs.flatMap(knob => (knob.key === null ? [] : [{ letter: knob.key, label: `${knob.label}: next` }])),
  ]
}

/** The page's bold words, keys among them. */
const keysNamed = (screen: Screen): readonly string[] =>
  screen.kind === 'lesson' ? boldWords(currentPage(screen.state).blocks) : []

/** Two lines: what the lab's switches stand at or what must be said now, and the keys. */
const footOf = (model: Model, screen: Screen, width: number): Line[] => {
  const { theme } = model
  const bench = benchOf(screen)
  // Where there is a column beside the lab the switches stand in it; a quiz has none.
  const hidden = width >= BESIDE_FROM || (screen.kind === 'lesson' && isTextOnly(screen.state))
  const named = keysNamed(screen)
  const knobs = bench && !hidden ? knobLine(namedFirst(knobStates(bench), named), width - 2, theme) : blankLine
  const scopes = scopesOf(screen)
  const watching = screen.kind === 'lesson' && screen.state.step.kind === 'observe'
  const own = bench && !bench.drawer && !watching && scopes.includes('lab') ? labHints(bench, named) : []
  return footLines(
    model.notice ?? bench?.notice ?? null,
    knobs,
    footKeys(own, scopes, width - 2, theme, binding => actsOn(screen, bench, binding)),
    width,
  )
}

/** Whether a key does something on this screen as it is; the foot names no other. */
const actsOn = (screen: Screen, bench: LabState | null, { scope, action }: Binding): boolean => {
  if (scope !== 'lab') return true
  const step = screen.kind === 'lesson' ? screen.state.step : null
  if (step?.kind === 'observe') return WATCHING.has(action) && (action !== 'run' || bench?.session.ended !== true)
  if (action === 'tip') return step?.kind === 'play' && step.goals.length > 0
  return action !== 'select' || (bench !== null && (bench.selection !== null || bench.findings !== null))
}
