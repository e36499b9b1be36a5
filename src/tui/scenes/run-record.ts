import type { NodeId, RequestId } from '../../kernel/ids.ts'
import type { Json } from '../../kernel/json.ts'
import type { ClientRequest } from '../../kernel/operation.ts'
import type { Cause, Effect, TraceEvent } from '../../kernel/trace.ts'
import type { LaneMark, LaneStretch, OperationSpan } from '../panes/space-time-view.ts'
import { sanitizeLine } from '../plain.ts'
import { BandLog } from './band-record.ts'
import { MessageLog } from './message-record.ts'
import { member, noteWords } from './note-words.ts'
import { requestLabels, resultText } from './operation-label.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type Act = Extract<Cause, { readonly type: 'act' }>

/** Marks and spans that are kept; older ones are forgotten. */
const MOST = 4096

const number = (data: Json, name: string): number | undefined => {
  const value = member(data, name)
  return typeof value === 'number' ? value : undefined
}

/** The notes by which protocols tell that a node begins or ceases to act as the one in charge. */
const BEGINS = /^(becomes (leader|primary)|primary$|acts again)/
const ENDS = /^(steps down|no longer primary|stops acting)/

const termText = (data: Json): string => {
  const term = number(data, 'term')
  const epoch = number(data, 'epoch')
  return term !== undefined ? `t${term}` : epoch !== undefined ? `e${epoch}` : ''
}

const noteText = (text: string, data: Json): string => ` ${sanitizeLine(noteWords(text, data)).slice(0, 32)} `

/**
 * What the space-time diagram shows of a run, folded over its events. One is kept as long as the run is looked at; `follow` takes what
 * is new, or begins again after a step back, an undo or a jump.
 */
export class RunRecord {
  messages = new MessageLog()
  bands = new BandLog()
  spans: Mutable<OperationSpan>[] = []
  marks: LaneMark[] = []
  stretches: Mutable<LaneStretch>[] = []
  #openSpans = new Map<RequestId, Mutable<OperationSpan>>()
  #requests = new Map<RequestId, ClientRequest>()
  #openStretches = new Map<string, Mutable<LaneStretch>>()
  #last: TraceEvent | undefined

  /** True when the last event taken is among these: they are the same run, gone on. */
  goesOnIn(events: readonly TraceEvent[]): boolean {
    const last = this.#last
    return last !== undefined && events[last.index - (events[0]?.index ?? 0)] === last
  }

  /** Takes the events of the run before the cursor that are at hand. */
  follow(events: readonly TraceEvent[]): void {
    const goesOn = this.goesOnIn(events)
    if (!goesOn) this.#forget()
    const taken = goesOn && this.#last ? this.#last.index - (events[0]?.index ?? 0) + 1 : 0
    for (let i = taken; i < events.length; i++) {
      const event = events[i]
      if (event) this.#take(event)
    }
    this.messages.trim(MOST)
    if (this.marks.length > 2 * MOST) this.marks = this.marks.slice(-MOST)
    if (this.spans.length > 2 * MOST) this.spans = this.spans.slice(-MOST)
  }

  #forget(): void {
    this.messages = new MessageLog()
    this.bands = new BandLog()
    this.spans = []
    this.marks = []
    this.stretches = []
    this.#openSpans.clear()
    this.#requests.clear()
    this.#openStretches.clear()
    this.#last = undefined
  }

  #take(event: TraceEvent): void {
    this.#last = event
    const { cause, atUs, index } = event
    if (cause.type === 'deliver' || cause.type === 'arrive')
      this.messages.delivered(cause.message, { atUs, index, waits: cause.type === 'arrive' })
    else if (cause.type === 'invoke') this.#invoked(cause.node, cause.request, event)
    else if (cause.type === 'act') this.#acted(cause, event)
    else if (cause.type === 'start' && cause.restarted) this.#restarted(cause.node, cause.diskKept, event)
    for (const effect of event.effects) this.#took(effect, event)
    if (cause.type === 'timer' && isTelling(event)) this.#mark(cause.node, 'timer', '', event)
  }

  #invoked(client: NodeId, request: ClientRequest, { atUs, index }: TraceEvent): void {
    // A paused client handles later what it was asked for at once.
    if (this.#requests.has(request.id)) return
    const span: Mutable<OperationSpan> = {
      op: request.id,
      client,
      labels: requestLabels(request),
      result: '',
      outcome: 'unknown',
      invokedUs: atUs,
      invokedAt: index,
      endedUs: null,
      endedAt: null,
    }
    this.spans.push(span)
    this.#openSpans.set(request.id, span)
    this.#requests.set(request.id, request)
  }

  #acted(act: Act, event: TraceEvent): void {
    this.bands.acted(act, event.atUs)
    const [message] = act.messages
    if (message !== undefined && act.kind === 'message-hold') this.messages.held(message, event.atUs)
    else if (message !== undefined) this.messages.released(message, event.atUs)
    const [node] = act.nodes
    if (node !== undefined && act.kind === 'clock') this.#mark(node, 'clock', '', event)
  }

  #restarted(node: NodeId, diskKept: boolean, event: TraceEvent): void {
    this.#close(node, 'down', event.atUs)
    this.#mark(node, 'restart', diskKept ? '' : 'empty', event)
  }

  #took(effect: Effect, event: TraceEvent): void {
    switch (effect.type) {
      case 'sent':
        this.messages.sent(effect.message)
        return
      case 'lost':
        this.messages.lost(effect.message, effect.reason, event.atUs, event.index)
        return
      case 'completed':
        this.#completed(effect, event)
        return
      case 'note':
        this.#noted(effect, event)
        return
      case 'status':
        this.#changed(effect.node, effect.status, event)
        return
      case 'timer-set':
        return
    }
  }

  #completed(effect: Extract<Effect, { readonly type: 'completed' }>, { atUs, index }: TraceEvent): void {
    const span = this.#openSpans.get(effect.op)
    const request = this.#requests.get(effect.op)
    if (!span || !request) return
    this.#openSpans.delete(effect.op)
    span.outcome = effect.outcome
    span.endedUs = atUs
    span.endedAt = index
    span.result = resultText(request.kind, effect.outcome, effect.output)
  }

  #noted({ node, text, data }: Extract<Effect, { readonly type: 'note' }>, event: TraceEvent): void {
    if (BEGINS.test(text)) {
      this.#mark(node, 'authority', termText(data), event)
      this.#openStretch(node, 'authority', event.atUs)
    } else if (ENDS.test(text)) {
      this.#close(node, 'authority', event.atUs)
      this.#mark(node, 'event', noteText(text, data), event)
    } else if (/^starts an election/.test(text)) this.#mark(node, 'candidate', termText(data), event)
    else if (text === 'applied') this.#applied(node, this.#appliedText(data), event)
    else this.#mark(node, 'event', noteText(text, data), event)
  }

  /** Several writes taken at one instant are one mark that tells the last of them: `x=2 +1`. */
  #applied(node: NodeId, label: string, event: TraceEvent): void {
    const last = this.marks.at(-1)
    if (last?.kind !== 'applied' || last.index !== event.index || last.node !== node) {
      this.#mark(node, 'applied', label, event)
      return
    }
    const more = Number(/ \+(\d+)$/.exec(last.label)?.[1] ?? 0) + 1
    this.marks.pop()
    this.#mark(node, 'applied', `${label} +${more}`, event)
  }

  #appliedText(data: Json): string {
    const op = member(data, 'op')
    const request = typeof op === 'string' ? this.#requests.get(op as RequestId) : undefined
    return request ? (requestLabels(request)[1] ?? '').replace(/^\S+ /, '') : ''
  }

  #changed(node: NodeId, status: 'up' | 'paused' | 'down', event: TraceEvent): void {
    const { atUs } = event
    if (status === 'down') {
      this.#close(node, 'paused', atUs)
      this.#close(node, 'authority', atUs)
      this.#openStretch(node, 'down', atUs)
      this.#mark(node, 'crash', '', event)
      return
    }
    if (status === 'paused') this.#openStretch(node, 'paused', atUs)
    else {
      this.#close(node, 'paused', atUs)
      this.#close(node, 'down', atUs)
    }
  }

  #mark(node: NodeId, kind: LaneMark['kind'], label: string, { atUs, index }: TraceEvent): void {
    this.marks.push({ node, atUs, index, kind, label })
  }

  #openStretch(node: NodeId, kind: LaneStretch['kind'], fromUs: number): void {
    if (this.#openStretches.has(`${node} ${kind}`)) return
    const stretch: Mutable<LaneStretch> = { node, fromUs, toUs: null, kind }
    this.stretches.push(stretch)
    this.#openStretches.set(`${node} ${kind}`, stretch)
  }

  #close(node: NodeId, kind: LaneStretch['kind'], atUs: number): void {
    const stretch = this.#openStretches.get(`${node} ${kind}`)
    if (stretch) stretch.toUs = atUs
    this.#openStretches.delete(`${node} ${kind}`)
  }
}

/** A timer is worth a mark when something came of it: not the beat of a leader, but a client that asks again. */
const isTelling = ({ effects }: TraceEvent): boolean =>
  effects.some(effect => effect.type === 'sent' && effect.message.info.purpose === 'request')
