import type { Command, Deed } from './command.ts'
import type { Taken } from './engine.ts'
import { type LogEntry, type Moment, type Pending, type Play, type Queued, withCommands } from './moment.ts'
import { performDeed } from './perform.ts'
import { RunScene } from './run-scene.ts'

/** A moment without the first of its queue, or the event that this made. */
type Outcome = { readonly without: Moment } | { readonly moment: Moment; readonly taken: Taken; readonly verb: string }

const verbOf = (deed: Deed): string =>
  deed.verb === 'message' ? deed.do : deed.verb === 'request' ? deed.kind : deed.verb

const noted = (moment: Moment, id: number, change: Partial<LogEntry>): Moment => {
  const entry = moment.log[id]
  return entry === undefined ? moment : { ...moment, log: moment.log.with(id, { ...entry, ...change }) }
}

/** Says in the log that nothing came of the command, unless something did already. */
const skipped = (moment: Moment, id: number, why: string): Moment =>
  moment.log[id]?.state === 'done' ? moment : noted(moment, id, { state: 'skipped', why, atUs: moment.world.nowUs })

const done = (moment: Moment, id: number, event: number | null, atUs: number): Moment => {
  const entry = moment.log[id]
  if (entry === undefined) return moment
  const events = event === null ? entry.events : [...entry.events, event]
  const own = noted(moment, id, { state: 'done', why: null, atUs: entry.atUs ?? atUs, events })
  return entry.of === null ? own : done(own, entry.of, event, atUs)
}

/** The commands of a key, their times counted from the press. */
const shifted = ({ do: deed, when }: Command, us: number): Command => {
  if (when.type === 'at') return { do: deed, when: { ...when, atUs: when.atUs + us } }
  if (when.type === 'when') return { do: deed, when: { ...when, from: { atUs: us + when.from.atUs, after: 0 } } }
  return { do: deed, when }
}

/** Whether a command of a key is carried out with the press itself. */
export const isImmediate = ({ when }: Command): boolean =>
  when.type === 'soon' || (when.type === 'at' && when.atUs === 0)

const pressKey = (play: Play, moment: Moment, id: number, letter: string): Moment | null => {
  const key = play.lab.keys.find(one => one.letter === letter)
  if (key === undefined) return null
  const nowUs = moment.world.nowUs
  const later = key.commands.filter(command => !isImmediate(command)).map(command => shifted(command, nowUs))
  const queue = key.commands.filter(isImmediate).map((command): Queued => ({ log: id, deed: command.do }))
  const waiting = withCommands(moment, later, id)
  const pressed = { ...waiting, queue: [...queue, ...waiting.queue] }
  return queue.length > 0 ? pressed : done(pressed, id, null, nowUs)
}

const resolve = (play: Play, moment: Moment, { log, deed }: { readonly log: number; readonly deed: Deed }): Moment => {
  if (deed.verb === 'key') {
    const pressed = pressKey(play, moment, log, deed.key)
    if (pressed !== null) return pressed
  }
  const result = performDeed(deed, new RunScene(play, moment))
  if ('missing' in result) return skipped(moment, log, result.missing)
  if ('refused' in result) return skipped(moment, log, result.refused)
  const queue = result.acts.map((act): Queued => ({ log, act, verb: verbOf(deed) }))
  const resolved: Moment = {
    ...moment,
    queue: [...queue, ...moment.queue],
    settings: result.settings ?? moment.settings,
    invented: result.invented ?? moment.invented,
  }
  if (queue.length > 0) return resolved
  return result.settings === undefined
    ? skipped(resolved, log, 'there is nothing that it could act on')
    : done(resolved, log, null, moment.world.nowUs)
}

/** Takes commands from their place in a run to the acts of the simulator. */
export const carryOut = {
  /** Begins with a command whose time has come. */
  start: (moment: Moment, one: Pending): Moment => ({
    ...moment,
    pending: moment.pending.filter(other => other.log !== one.log),
    queue: [...moment.queue, { log: one.log, deed: one.command.do }],
  }),

  /** Takes the first of the queue: a deed becomes its acts, an act an event or a skip in the log. */
  next: (play: Play, moment: Moment, first: Queued): Outcome => {
    const without = { ...moment, queue: moment.queue.slice(1) }
    if ('deed' in first) return { without: resolve(play, without, first) }
    const taken = play.engine.act(play.spec, moment.world, first.act)
    if ('refused' in taken) return { without: skipped(without, first.log, taken.refused) }
    return { moment: done(without, first.log, taken.event.index, taken.event.atUs), taken, verb: first.verb }
  },
}
