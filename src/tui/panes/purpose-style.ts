import type { Purpose } from '../../kernel/protocol.ts'
import type { Style } from '../theme.ts'

/** How messages look: what a client asks and hears brightest, the machinery in its own hues, heartbeats dim and dotted. */
export const PURPOSE_STYLES: Readonly<Record<Purpose, Style>> = {
  request: 'fresh',
  reply: 'fresh',
  replicate: 'actor5',
  acknowledge: ['actor5', 'old'],
  election: 'actor1',
  repair: 'actor3',
  control: 'old',
  heartbeat: 'old',
}

/** Dots drawn and left out in turn; undefined is a solid line. */
export const PURPOSE_DASHES: Readonly<Record<Purpose, readonly number[]>> = {
  request: [],
  reply: [],
  replicate: [],
  acknowledge: [],
  election: [],
  repair: [3, 1],
  control: [1, 1],
  heartbeat: [1, 3],
}

/** What is drawn first lies under the rest. */
export const PURPOSE_ORDER: readonly Purpose[] = [
  'heartbeat',
  'control',
  'acknowledge',
  'replicate',
  'repair',
  'election',
  'reply',
  'request',
]
