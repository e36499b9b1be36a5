import type { MessageId } from '../../kernel/ids.ts'
import type { Purpose } from '../../kernel/protocol.ts'
import type { LossReason, MessageRecord } from '../../kernel/trace.ts'
import type { Flight } from '../../sim/world.ts'
import type { MessageEnd, MessageStroke } from '../panes/space-time-view.ts'
import { sanitizeLine } from '../plain.ts'

/** A message of the picture while the run goes on. */
type Stroke = Omit<MessageStroke, 'end'> & { end: MessageEnd }

/** A message at its receiver; `waits`: in the inbox, for the node does not handle it yet. */
interface Arrival {
  readonly atUs: number
  readonly index: number
  readonly waits: boolean
}

/** How far a message is drawn that was lost before it travelled, as a part of its way. */
const LOST_AFTER: Readonly<Record<LossReason, number>> = {
  cut: 0.5,
  lost: 0.6,
  dropped: 0.5,
  'receiver-down': 0.92,
  'receive-omission': 0.88,
  'send-omission': 0.12,
  'queue-full': 0.15,
  'too-big': 0.15,
  'no-such-address': 0.35,
}

/** What a link is taken to need before anything has arrived over it, microseconds. */
const USUAL_US = 10_000

/** The messages of a run in the order of sending, each with what became of it. */
export class MessageLog {
  readonly strokes: Stroke[] = []
  readonly #open = new Map<MessageId, Stroke>()
  /** Messages that have come to a node that was paused or busy. */
  readonly #waiting = new Map<MessageId, Stroke>()
  /** The last travel time of each directed link: how steep a message is drawn that never travelled. */
  readonly #travelUs = new Map<string, number>()
  #lastTravelUs = USUAL_US
  #longestUs = 0
  /** False once something is missing or out of order, so that no beginning can be left out. */
  #plain = true
  /** What the messages so far were for. */
  readonly purposes = new Set<Purpose>()

  sent(message: MessageRecord): Stroke {
    const { id, from, to, info, sentUs, sentAt } = message
    const dueUs = sentUs + this.#usualUs(message)
    const { purpose } = info
    const label = sanitizeLine(info.label.replace(/ null$/, ''))
    const stroke: Stroke = { id, from, to, purpose, label, sentUs, sentAt, end: { type: 'flying', dueUs } }
    if (sentUs < (this.strokes.at(-1)?.sentUs ?? sentUs)) this.#plain = false
    this.strokes.push(stroke)
    this.purposes.add(purpose)
    this.#open.set(id, stroke)
    return stroke
  }

  delivered(message: MessageRecord, { atUs, index, waits }: Arrival): void {
    const waiting = this.#waiting.get(message.id)
    if (waiting?.end.type === 'arrived') {
      // It came before and waited in the inbox: the stroke ends where it came, the event is that which handled it.
      waiting.end = { ...waiting.end, index }
      this.#waiting.delete(message.id)
      return
    }
    const stroke = this.#open.get(message.id) ?? this.sent(message)
    this.#open.delete(message.id)
    stroke.end = { type: 'arrived', atUs, index }
    if (waits) this.#waiting.set(message.id, stroke)
    this.#lastTravelUs = atUs - message.sentUs
    this.#longestUs = Math.max(this.#longestUs, this.#lastTravelUs)
    this.#travelUs.set(linkOf(message), this.#lastTravelUs)
  }

  lost(message: MessageRecord, reason: LossReason, atUs: number, index: number): void {
    // Which loss is worth drawing depends on those before it.
    this.#plain = false
    const usual = this.#usualUs(message)
    const known = this.#open.get(message.id) ?? this.#waiting.get(message.id)
    const stroke = known ?? this.sent(message)
    this.#open.delete(message.id)
    this.#waiting.delete(message.id)
    const part = known && reason === 'dropped' ? Math.min(0.9, (atUs - message.sentUs) / usual) : LOST_AFTER[reason]
    // What is lost at once is drawn as far as it would have come; what is lost on arrival, to the time of arrival.
    const lostUs = atUs > message.sentUs ? atUs : Math.round(message.sentUs + part * usual)
    stroke.end = { type: 'lost', atUs: lostUs, part, reason, index }
  }

  held(id: MessageId, atUs: number): void {
    const stroke = this.#open.get(id)
    if (stroke) stroke.end = { type: 'held', atUs }
  }

  released(id: MessageId, atUs: number): void {
    const stroke = this.#open.get(id)
    if (stroke?.end.type === 'held') stroke.end = { type: 'flying', dueUs: atUs }
  }

  /** Says of the messages under way when they are due. */
  underWay(flights: readonly Flight[]): void {
    for (const { message, arrivesUs } of flights) {
      const stroke = this.#open.get(message.id)
      if (stroke?.end.type === 'flying' && arrivesUs !== null) stroke.end = { type: 'flying', dueUs: arrivesUs }
    }
  }

  /** All messages that can be seen from this time on, and maybe some more. A long run that loses nothing is not gone through as a whole. */
  since(fromUs: number): readonly MessageStroke[] {
    if (!this.#plain) return this.strokes
    let earliestUs = fromUs - this.#longestUs
    for (const { sentUs } of this.#open.values()) earliestUs = Math.min(earliestUs, sentUs)
    const before = this.strokes.findLastIndex(({ sentUs }) => sentUs < earliestUs)
    return before < 0 ? this.strokes : this.strokes.slice(before + 1)
  }

  /** Forgets the oldest messages that have come to an end. */
  trim(most: number): void {
    if (this.strokes.length > 2 * most) this.strokes.splice(0, this.strokes.length - most)
  }

  #usualUs(message: MessageRecord): number {
    return this.#travelUs.get(linkOf(message)) ?? this.#lastTravelUs
  }
}

const linkOf = ({ from, to }: MessageRecord): string => `${from}>${to}`
