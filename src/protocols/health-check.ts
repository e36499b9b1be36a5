import type { MessageInfo } from '../kernel/protocol.ts'
import { headerBytes } from './client-message.ts'

/**
 * The question of a balancer whether a server is there, and its answer: given at once, past the queue, as a TCP check or a `/healthz` that
 * touches nothing is. So it finds a dead, cut off or hanging machine and not an overloaded one. `round` says which question is answered.
 */
export interface HealthCheck {
  readonly t: 'check'
  readonly round: number
}

export interface Healthy {
  readonly t: 'healthy'
  readonly round: number
}

export const describeHealth = ({ t }: HealthCheck | Healthy): MessageInfo => ({
  label: t === 'check' ? 'check' : 'healthy',
  purpose: 'heartbeat',
  bytes: headerBytes,
  costUs: 0,
})
