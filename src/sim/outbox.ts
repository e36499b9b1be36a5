import type { NodeId, RequestId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { Completion } from '../kernel/operation.ts'
import type { Outbox, TimerRange } from '../kernel/protocol.ts'
import type { Sealed, Signed } from '../kernel/signature.ts'
import { transmit } from './network.ts'
import { closeOperation } from './operations.ts'
import { nodeOf, type Run } from './run.ts'
import { open, seal, sign, verify } from './seal.ts'
import type { Planned } from './strategy.ts'
import { cancelTimer, setTimer } from './timers.ts'

/**
 * The outbox that a node writes into during one event. Wishes are carried out as they come, which is the order that the contract
 * promises, but for the sync, which covers the disk as it is at the end of the event.
 */
export class NodeOutbox implements Outbox<Json, string> {
  /** Set when the event asked for a sync. */
  wantsSync = false
  /** While a strategy lies for the node, what the honest protocol wants to send comes here. */
  intercepted: Planned[] | undefined
  readonly #run: Run
  readonly #self: NodeId
  readonly #costUs: number

  /** `costUs`: what the event costs the processor; messages leave when it is done. */
  constructor(run: Run, self: NodeId, costUs: number) {
    this.#run = run
    this.#self = self
    this.#costUs = costUs
  }

  send(to: NodeId, message: Json): void {
    const content = this.#run.copy(message)
    if (this.intercepted !== undefined) this.intercepted.push({ to, message: content })
    else transmit(this.#run, this.#self, to, content, this.#costUs)
  }

  /** Sends what a strategy decided on, past the interception. */
  sendPlanned(planned: Planned): void {
    const delayUs = Math.max(0, Math.round(planned.delayUs ?? 0))
    transmit(this.#run, this.#self, planned.to, this.#run.copy(planned.message), this.#costUs + delayUs)
  }

  complete(request: RequestId, result: Completion): void {
    closeOperation(this.#run, this.#self, request, result)
  }

  setTimer(timer: string, range: TimerRange): void {
    setTimer(this.#run, this.#self, timer, range)
  }

  cancelTimer(timer: string): void {
    cancelTimer(this.#run, this.#self, timer)
  }

  sync(): void {
    this.wantsSync = true
  }

  note(text: string, data: Json = null): void {
    this.#run.effects?.push({ type: 'note', node: this.#self, text, data: this.#run.copy(data) })
  }

  sign<P extends Json>(payload: P): Signed<P> {
    return sign(this.#run.spec.seed, this.#self, this.#run.copy(payload))
  }

  verify<P extends Json>(signed: Signed<P>): boolean {
    return verify(this.#run.spec.seed, signed)
  }

  seal<P extends Json>(readers: readonly NodeId[], payload: P): Sealed<P> {
    const nonce = `${this.#self}#${++nodeOf(this.#run, this.#self).seals}`
    return seal(this.#run.spec.seed, readers, nonce, payload)
  }

  open<P extends Json>(sealed: Sealed<P>): P | undefined {
    return open(this.#run.spec.seed, this.#self, sealed)
  }
}
