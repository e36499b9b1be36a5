import { actsFor, type Selection } from '../../lab/acts-for.ts'
import { alongside } from '../../lab/alongside.ts'
import type { ViewName } from '../../lab/definition.ts'
import { keyActs } from '../../lab/key-acts.ts'
import type { Session } from '../../lab/session.ts'
import type { Action, Scope } from '../keymap.ts'
import { zoomed } from '../panes/axis.ts'
import { type Drawer, type LabState, openingUs, SPEEDS, withSession } from './lab-state.ts'
import { moveList, startList } from './list-state.ts'
import { actOnPrices, openPrices } from './price-keys.ts'

/** Events that a long step takes. */
const FAR = 20

/** Presses a letter of the lab; undefined when the lab has no such letter. */
export const pressLetter = (state: LabState, letter: string): LabState | undefined => {
  const { session } = state
  const knob = session.lab.knobs.find(candidate => candidate.key === letter)
  if (knob && !knob.live) return turnKnob(state, knob.name)
  const key = session.lab.keys.find(candidate => candidate.letter === letter)
  if (!knob && !key) return undefined
  if (key && !keyActs(key, session.lab, [...session.servers, ...session.clients]))
    return { ...state, notice: `${key.label}: whom this is about takes no part here.` }
  const next = session.press(letter)
  const skipped = next.log.at(-1)
  const notice = skipped?.state === 'skipped' ? `${skipped.text}: ${skipped.why ?? 'skipped'}` : null
  return withSession({ ...state, compared: null }, next, notice)
}

/** A knob that changes who takes part starts the run anew with the same commands. */
const turnKnob = (state: LabState, name: string): LabState => {
  const { session } = state
  const knob = session.lab.knobs.find(candidate => candidate.name === name)
  if (!knob) return state
  const at = knob.values.findIndex(value => value.name === session.initialSettings[name])
  const next = knob.values[(at + 1) % knob.values.length]
  if (!next) return state
  const fresh = session
    .reset({ settings: { [name]: next.name }, keepCommands: false })
    .advanceTo(openingUs(session.lab))
  return withSession(
    { ...state, playing: false, compared: null },
    fresh,
    `${knob.label}: ${next.label}. The run begins anew.`,
  )
}

/** What the space bar, the arrows and the other fixed keys do in a lab. Undefined: nothing, the key is somebody else's. */
export const actOnLab = (state: LabState, action: Action): LabState | undefined => {
  const { session } = state
  const still = { ...state, playing: false, hurrying: false, compared: null }
  switch (action) {
    case 'run':
      return {
        ...state,
        playing: !state.playing && !session.ended,
        hurrying: false,
        notice: session.ended ? 'The run is over. Step back, or reset it with !.' : null,
      }
    case 'forward':
      return withSession(still, session.step())
    case 'backward':
      return withSession(still, session.back())
    case 'forward-far':
      return withSession(still, session.seek({ index: session.index + FAR }))
    case 'backward-far':
      return withSession(still, session.seek({ index: Math.max(0, session.index - FAR) }))
    case 'faster':
      return { ...state, speed: Math.min(state.speed + 1, SPEEDS.length - 1) }
    case 'slower':
      return { ...state, speed: Math.max(state.speed - 1, 0) }
    case 'undo':
      return session.canUndo
        ? withSession(still, session.undo(), 'The last perturbation is taken away.')
        : { ...state, notice: 'There is nothing to undo.' }
    case 'redo':
      return session.canRedo
        ? withSession(still, session.redo(), 'It is back.')
        : { ...state, notice: 'There is nothing to redo.' }
    case 'light':
      return { ...state, lit: !state.lit }
    case 'heartbeats':
      return { ...state, heartbeats: !state.heartbeats }
    case 'zoom-in':
      return withZoom(state, -1)
    case 'zoom-out':
      return withZoom(state, 1)
    case 'compare':
      return compareRuns(state)
    case 'code':
      return { ...state, playing: false, drawer: { kind: 'code', code: session.code() } }
    case 'branches':
      return { ...state, playing: false, drawer: { kind: 'branches', list: startList } }
    case 'prices':
      return openPrices(state)
    case 'reset':
      return { ...state, playing: false, drawer: { kind: 'confirm-reset' } }
    case 'next-pane':
      return withPane(state, 1)
    case 'previous-pane':
      return withPane(state, -1)
    case 'up':
      return moveSelection(state, -1)
    case 'down':
      return moveSelection(state, 1)
    case 'select':
      return openMenu(state)
    default:
      return undefined
  }
}

const withZoom = (state: LabState, by: 1 | -1): LabState => ({ ...state, usPerCell: zoomed(state.usPerCell, by) })

const withPane = (state: LabState, by: 1 | -1): LabState => {
  const panes: readonly (ViewName | 'text')[] = ['text', ...state.session.lab.views]
  const at = panes.indexOf(state.pane)
  const pane = panes[(at + by + panes.length) % panes.length] ?? 'text'
  return { ...state, pane, selection: null, findings: null }
}

const compareRuns = (state: LabState): LabState => {
  if (state.compared) return { ...state, compared: null }
  const { commands } = state.session
  if (commands.length === 0) return { ...state, notice: 'There is nothing to leave out yet: no command was given.' }
  return leaveOut({ ...state, playing: false }, commands.length - 1)
}

/** The run without this one of its commands, beside the run. */
const leaveOut = (state: LabState, at: number): LabState => ({
  ...state,
  compared: { at, ...alongside(state.session, at) },
  notice: state.session.commands.length > 1 ? 'Up and down choose what is left out; v goes back.' : null,
})

const leaveOutAnother = (state: LabState, at: number): LabState =>
  at < 0 || at >= state.session.commands.length ? state : leaveOut(state, at)

/** What the arrows go through in the pane with the focus. */
const selectable = (state: LabState): readonly Selection[] => {
  const { session } = state
  const nodes = [...session.servers, ...session.clients]
  if (state.pane === 'cluster') {
    const links = session.servers.flatMap((from, index) =>
      session.servers.slice(index + 1).map((to): Selection => ({ type: 'link', from, to })),
    )
    return [...nodes.map((node): Selection => ({ type: 'node', node })), ...links]
  }
  if (state.pane === 'space-time')
    return session.flights.map((flight): Selection => ({ type: 'message', message: flight.message.id }))
  return []
}

const sameSelection = (a: Selection, b: Selection | null): boolean =>
  b !== null && JSON.stringify(a) === JSON.stringify(b)

const moveSelection = (state: LabState, by: 1 | -1): LabState => {
  if (state.compared) return leaveOutAnother(state, state.compared.at + by)
  if (state.pane === 'verdict') return moveFinding(state, by)
  const candidates = selectable(state)
  if (candidates.length === 0)
    return state.pane === 'space-time' ? { ...state, notice: 'No message is under way just now.' } : state
  const at = candidates.findIndex(candidate => sameSelection(candidate, state.selection))
  const to = at < 0 ? (by > 0 ? 0 : candidates.length - 1) : Math.max(0, Math.min(at + by, candidates.length - 1))
  return { ...state, playing: false, selection: candidates[to] ?? null }
}

/** Lights another sighting and takes the cursor there. */
const moveFinding = (state: LabState, by: 1 | -1): LabState => {
  const all = state.findings?.all ?? state.session.phenomena
  const from = state.findings?.at ?? (by > 0 ? -1 : all.length)
  const at = Math.max(0, Math.min(from + by, all.length - 1))
  const sighting = all[at]
  if (!sighting) return state
  const moved = withSession({ ...state, playing: false }, state.session.seek({ index: sighting.atIndex + 1 }))
  return { ...moved, findings: { all, at } }
}

const openMenu = (state: LabState): LabState => {
  // What a finding is about stands at the cursor.
  if (state.findings) return { ...state, findings: null, pane: 'space-time' }
  if (!state.selection)
    return { ...state, notice: 'Nothing is selected. Up and down select what is in the pane; esc goes back.' }
  const choices = actsFor(state.session, state.selection)
  return {
    ...state,
    playing: false,
    drawer: { kind: 'menu', title: selectionName(state.session, state.selection), choices, list: startList },
  }
}

/** What is selected, in words. */
export const selectionName = (session: Session, selection: Selection): string => {
  switch (selection.type) {
    case 'node':
      return selection.node
    case 'link':
      return `link ${selection.from} to ${selection.to}`
    case 'message': {
      const message = session.flights.find(flight => flight.message.id === selection.message)?.message
      return message
        ? `the message ${message.info.label} from ${message.from} to ${message.to}`
        : `message ${selection.message}`
    }
  }
}

/** The key scopes while a drawer is open. Any key closes the run code. */
export const drawerScopes = ({ kind }: Drawer): readonly Scope[] => {
  if (kind === 'code') return []
  if (kind === 'prices') return ['price']
  return kind === 'confirm-reset' ? ['confirm'] : ['menu']
}

/** What a key does while a drawer is open; without an action, any key that is none of its own. */
export const actOnDrawer = (state: LabState, drawer: Drawer, action: Action | undefined, typed = ''): LabState => {
  const closed = { ...state, drawer: null }
  if (action === 'back' || drawer.kind === 'code') return closed
  if (drawer.kind === 'prices') return actOnPrices(state, drawer, action, typed)
  if (action === undefined) return state
  switch (drawer.kind) {
    case 'confirm-reset':
      return action === 'yes'
        ? withSession(
            { ...closed, compared: null },
            state.session.reset().advanceTo(openingUs(state.session.lab)),
            'The run begins anew.',
          )
        : closed
    case 'menu': {
      if (action !== 'choose')
        return { ...state, drawer: { ...drawer, list: moveList(drawer.list, action, drawer.choices.length) } }
      const choice = drawer.choices[drawer.list.cursor]
      return choice
        ? withSession({ ...closed, compared: null }, state.session.command(choice.command), choice.label)
        : closed
    }
    case 'branches': {
      const { branches } = state.session
      if (action !== 'choose')
        return { ...state, drawer: { ...drawer, list: moveList(drawer.list, action, branches.length) } }
      const branch = branches[drawer.list.cursor]
      return branch
        ? withSession({ ...closed, compared: null }, state.session.switchTo(branch.tip), 'Another branch of this run.')
        : closed
    }
  }
}
