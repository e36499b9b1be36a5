import type { Phenomenon } from '../../check/phenomenon.ts'
import type { Choice, Selection } from '../../lab/acts-for.ts'
import type { Alongside } from '../../lab/alongside.ts'
import type { Command } from '../../lab/command.ts'
import type { ViewName } from '../../lab/definition.ts'
import type { Lab, Settings } from '../../lab/lab.ts'
import { Session } from '../../lab/session.ts'
import { zoomed } from '../panes/axis.ts'
import type { EditedPrices } from '../scenes/money-scene.ts'
import type { ListState } from './list-state.ts'

/** What lies over the text beside the lab: a list of what can be done, the run code, the branches, a question. */
export type Drawer =
  | { readonly kind: 'menu'; readonly title: string; readonly choices: readonly Choice[]; readonly list: ListState }
  | { readonly kind: 'branches'; readonly list: ListState }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'confirm-reset' }
  /** The prices of the lab; `typed` is the amount being typed for the one at the cursor. */
  | { readonly kind: 'prices'; readonly list: ListState; readonly typed: string }

/** A lab on the screen. */
export interface LabState {
  readonly session: Session
  readonly playing: boolean
  /** The run goes to its end as fast as it can, not at its pace. */
  readonly hurrying: boolean
  /** Index into `SPEEDS`. */
  readonly speed: number
  /** The pane with the focus; `text` is the prose beside it. */
  readonly pane: ViewName | 'text'
  readonly selection: Selection | null
  /** The sightings that the arrows go through in the verdict pane, and the one that is lit; null: the latest. */
  readonly findings: { readonly all: readonly Phenomenon[]; readonly at: number } | null
  readonly lit: boolean
  readonly heartbeats: boolean
  readonly usPerCell: number
  /** The same run without one of its commands (`at`), while it is shown beside. */
  readonly compared: ({ readonly at: number } & Alongside) | null
  readonly drawer: Drawer | null
  /** Amounts that the learner has put in the place of the lab's prices; null: none known yet (`app/kept-prices.ts`). */
  readonly prices: EditedPrices | null
  /** A sentence at the foot: what the last key did or why it did nothing. */
  readonly notice: string | null
}

/** Multiples of the lab's own pace. */
export const SPEEDS: readonly number[] = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 64]
const USUAL_SPEED = 3
const USUAL_PACE_MS = 250
/** Events that one tick may take, so that a busy lab never holds up the keys. */
const EVENTS_A_TICK = 250
/** Events that one tick may take on the way to the end: fewer frames, and still one several times a second. */
export const EVENTS_IN_A_HURRY = 2500

/** Microseconds of simulated time that pass in a second of real time at this speed. */
export const paceUsPerS = (lab: Lab, speed: number): number =>
  (lab.definition.paceMsPerS ?? USUAL_PACE_MS) * 1000 * (SPEEDS[speed] ?? 1)

/** A column shows so much that a second of watching crosses about a quarter of the axis. */
export const usualZoom = (lab: Lab): number => zoomed(paceUsPerS(lab, USUAL_SPEED) / 32 - 1, 1)

/** A whole run on one screen where that does not squeeze it too much; at most so many times the usual scale. */
const MOST_SQUEEZED = 16
const WHOLE_RUN_COLUMNS = 62

/** The scale at which a run of this length can be seen as a whole, or the usual one when it is too long for that. */
export const wholeRunZoom = (lab: Lab, untilUs: number): number => {
  const usual = usualZoom(lab)
  const whole = zoomed(untilUs / WHOLE_RUN_COLUMNS - 1, 1)
  return whole > usual && whole <= usual * MOST_SQUEEZED ? whole : usual
}

/** When the learner comes: every node has started, and what the lab wants settled is settled. Microseconds. */
export const openingUs = (lab: Lab): number => (lab.definition.openAtMs ?? 0) * 1000

/** A lab as it opens. Where commands are given, they are carried out as the run goes on. */
export const openLab = (
  lab: Lab,
  options: {
    readonly seed?: number
    readonly settings?: Settings
    readonly script?: readonly Command[]
    readonly endUs?: number
  } = {},
): LabState => {
  const usPerCell = usualZoom(lab)
  return {
    session: Session.create(lab, { ...options, hashing: false }).advanceTo(openingUs(lab)),
    playing: false,
    hurrying: false,
    speed: USUAL_SPEED,
    pane: lab.views[0] ?? 'cluster',
    selection: null,
    findings: null,
    lit: false,
    heartbeats: false,
    usPerCell,
    compared: null,
    drawer: null,
    prices: null,
    notice: null,
  }
}

/** The state with another session: what no longer exists is no longer selected. */
export const withSession = (state: LabState, session: Session, notice: string | null = null): LabState => ({
  ...state,
  session,
  notice,
  selection: stillThere(state.selection, session),
  findings: null,
})

const stillThere = (selection: Selection | null, session: Session): Selection | null =>
  selection?.type === 'message' && !session.flights.some(flight => flight.message.id === selection.message)
    ? null
    : selection

/** Lets real time pass. The run stops by itself at its end. */
export const tickLab = (state: LabState, elapsedMs: number): LabState => {
  if (!state.playing) return state
  const { session } = state
  const target = session.nowUs + Math.round((paceUsPerS(session.lab, state.speed) * elapsedMs) / 1000)
  const next = state.hurrying
    ? session.advanceTo(Number.MAX_SAFE_INTEGER, EVENTS_IN_A_HURRY)
    : session.advanceTo(target, EVENTS_A_TICK)
  const moved = withSession(state, next, state.notice)
  return next.ended ? { ...moved, playing: false, hurrying: false } : moved
}
