import { linkedTerms } from '../../course/prose.ts'
import { assertNever } from '../../kernel/assert-never.ts'
import { type Action, actionOf } from '../keymap.ts'
import { glossaryRows } from '../screens/glossary-entries.ts'
import { homeItems, isChoosable } from '../screens/home-state.ts'
import { actOnDrawer, actOnLab, pressLetter } from '../screens/lab-keys.ts'
import type { LabState } from '../screens/lab-state.ts'
import { holdsSomething, lessonKey } from '../screens/lesson-keys.ts'
import { currentPage } from '../screens/lesson-state.ts'
import { type ListState, moveList, startList } from '../screens/list-state.ts'
import { type Hit, search, searchable } from '../screens/search.ts'
import type { Message } from './message.ts'
import { closed, type Model, opened, type Screen, shownScreen, withShown } from './model.ts'
import { quizKey, topicsKey } from './quiz-keys.ts'
import { scopesOf } from './scopes.ts'
import { scrollOf } from './scroll.ts'
import { turned, type Updated } from './turned.ts'

type KeyMessage = Extract<Message, { type: 'key' }>
type Of<Kind extends Screen['kind']> = Extract<Screen, { kind: Kind }>

/** What a key does on the screen that is shown, once the keys that mean the same everywhere have been taken out. */
export const screenKey = (model: Model, key: KeyMessage): Updated => {
  const screen = shownScreen(model)
  const action = actionOf(key.id, scopesOf(screen))?.action
  switch (screen.kind) {
    case 'home':
      return homeKey(model, screen, action)
    case 'labs':
      return labsKey(model, screen, action)
    case 'topics':
      return topicsKey(model, screen, action)
    case 'glossary':
      return [
        withShown(model, { ...screen, list: moved(screen.list, action, glossaryRows(screen.entries).length) }),
        [],
      ]
    case 'help':
      return [withShown(model, { ...screen, scroll: Math.max(0, screen.scroll + scrollOf(action)) }), []]
    case 'search':
      return searchKey(model, screen, action, key)
    case 'lesson': {
      const { bench } = screen.state
      if (action === 'back' && !bench.drawer && holdsSomething(screen.state))
        return [withShown(model, { ...screen, state: { ...screen.state, bench: released(bench) } }), []]
      return turned(model, lessonKey(screen.state, key, model.progress))
    }
    case 'lab':
      return [withShown(model, { ...screen, state: labScreenKey(screen.state, action, key) }), []]
    case 'quiz':
      return quizKey(model, screen, action, key)
    default:
      return assertNever(screen)
  }
}

const moved = (list: ListState, action: Action | undefined, count: number): ListState =>
  action ? moveList(list, action, count) : list

const homeKey = (model: Model, screen: Of<'home'>, action: Action | undefined): Updated => {
  const items = homeItems(model.course, model.progress)
  if (action !== 'choose') {
    const list = moved(screen.list, action, items.length)
    return [withShown(model, { ...screen, list: onChoosable(list, screen.list, items.map(isChoosable)) }), []]
  }
  const item = items[screen.list.cursor]
  switch (item?.kind) {
    case 'continue':
    case 'lesson':
      return [model, [{ type: 'open-lesson', id: item.lesson.id }]]
    case 'quiz':
      return [opened(model, { kind: 'topics', list: startList }), []]
    case 'sandbox':
      return [opened(model, { kind: 'labs', list: startList }), []]
    case 'glossary':
      return [model, [{ type: 'open-glossary', on: 'glossary' }]]
    case 'keys':
      return [opened(model, { kind: 'help', scroll: 0 }), []]
    default:
      return [model, []]
  }
}

/** Skips the titles, in the direction of the move. */
const onChoosable = (list: ListState, before: ListState, choosable: readonly boolean[]): ListState => {
  const step = list.cursor < before.cursor ? -1 : 1
  let cursor = list.cursor
  while (choosable[cursor] === false) cursor += step
  return choosable[cursor] === undefined ? before : { cursor }
}

const labsKey = (model: Model, screen: Of<'labs'>, action: Action | undefined): Updated => {
  const entry = model.labs[screen.list.cursor]
  if (action === 'choose' && entry) return [model, [{ type: 'open-lab', name: entry.name }]]
  return [withShown(model, { ...screen, list: moved(screen.list, action, model.labs.length) }), []]
}

/** The glossary entries that the page under the search links. */
const termsBelow = (model: Model): readonly string[] => {
  const under = model.screens.at(-2)
  return under?.kind === 'lesson' ? linkedTerms(currentPage(under.state).blocks) : []
}

/** What the search finds, as the screen lists it. */
export const hitsOf = (model: Model, screen: Of<'search'>): readonly Hit[] =>
  search(searchable(model.course, glossaryRows(screen.entries)), screen.query, termsBelow(model))

const LONGEST_QUERY = 80

const searchKey = (model: Model, screen: Of<'search'>, action: Action | undefined, key: KeyMessage): Updated => {
  if (key.text !== undefined)
    return [
      withShown(model, { ...screen, query: (screen.query + key.text).slice(0, LONGEST_QUERY), list: startList }),
      [],
    ]
  if (key.id === 'backspace')
    return [withShown(model, { ...screen, query: [...screen.query].slice(0, -1).join(''), list: startList }), []]
  const hits = hitsOf(model, screen)
  const hit = hits[screen.list.cursor]
  if (action !== 'choose' || !hit)
    return [withShown(model, { ...screen, list: moved(screen.list, action, hits.length) }), []]
  const back = closed(model)
  if (hit.kind === 'lesson') return [back, [{ type: 'open-lesson', id: hit.id }]]
  if (hit.kind === 'key') return [opened(back, { kind: 'help', scroll: 0 }), []]
  const cursor = glossaryRows(screen.entries).findIndex(row => row.id === hit.id)
  return [opened(back, { kind: 'glossary', entries: screen.entries, list: { cursor } }), []]
}

/** What escape lets go of before it leaves the screen; in a lesson a pane gives the focus back to the text. */
const released = (state: LabState): LabState => {
  if (state.compared) return { ...state, compared: null }
  return state.selection ? { ...state, selection: null } : { ...state, pane: 'text', findings: null }
}

const labScreenKey = (state: LabState, action: Action | undefined, { id: letter, text }: KeyMessage): LabState => {
  if (state.drawer) return actOnDrawer(state, state.drawer, action, text)
  if (action === 'back') return { ...released(state), pane: state.pane }
  if (action === 'tip') return { ...state, notice: 'Tips belong to the goals of lessons; this is the sandbox.' }
  if (action !== undefined) return actOnLab(state, action) ?? state
  return pressLetter(state, letter) ?? state
}
