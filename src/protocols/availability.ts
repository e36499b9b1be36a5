/**
 * A sheet of paper rather than a machine: it says what share of the time a system is up that is made of parts, each up a given share of
 * the time. It sends nothing and answers nobody; its figures change with its config. A lab sets it beside the system itself, so that the
 * sum can be compared with what clients meet.
 *
 * A system that needs k of n parts is up with the binomial tail: the sum over i from k to n of C(n, i) a^i (1-a)^(n-i) (Trivedi,
 * "Probability and Statistics with Reliability, Queuing, and Computer Science Applications", 2nd ed., section 1.10 on k-out-of-n). All:
 * a^n. One: 1 - (1-a)^n. It holds if parts fail independently and spares step in at once and without fail. What all parts have in common
 * (power, a balancer, a bad deploy) stands in series with the whole and caps it.
 *
 * It reckons with the share that is *down*, since 1 minus a tiny number loses its digits. A year has 365.25 days, a month a twelfth of it.
 */
import { assertNever } from '../kernel/assert-never.ts'
import type { NodeEvent, Protocol, State } from '../kernel/protocol.ts'
import type { NodeView } from '../kernel/view.ts'
import { type AvailabilityConfig, availabilityConfig } from './availability-config.ts'

export type AvailabilityMemory = { config: AvailabilityConfig }
type AvailabilityState = State<null, AvailabilityMemory>

const YEAR_S = 365.25 * 24 * 3600

const power = (base: number, exponent: number): number => {
  let result = 1
  for (let i = 0; i < exponent; i += 1) result *= base
  return result
}

/** So many of the parts have to be up. */
export const neededParts = ({ parts, needs }: AvailabilityConfig): number => {
  if (needs === 'all') return parts
  return needs === 'majority' ? Math.floor(parts / 2) + 1 : 1
}

/** The share of the time that fewer than `needed` of `parts` are up, if each is down for this share. */
const tooFew = (parts: number, needed: number, down: number): number => {
  let sum = 0
  let ways = 1
  // `up` of the parts are up, and that is not enough.
  for (let up = 0; up < needed; up += 1) {
    sum += ways * power(1 - down, up) * power(down, parts - up)
    ways = (ways * (parts - up)) / (up + 1)
  }
  return sum
}

/** The share of the time that the system is down, 0 to 1. */
export const downShare = (config: AvailabilityConfig): number => {
  const own = tooFew(config.parts, neededParts(config), (100 - config.partPercent) / 100)
  const shared = (100 - config.sharedPercent) / 100
  return Math.min(1, own + shared - own * shared)
}

/** A share in percent, with so many digits that what is missing to 100 shows two: `99.9 %`, `99.70 %`, `99.9999 %`. */
export const percent = (down: number): string => {
  const missing = down * 100
  if (missing < 1e-9) return 'nearly 100 %'
  let decimals = 1
  for (let digit = 1; digit > missing * 1.0000001 && decimals < 11; digit /= 10) decimals += 1
  const text = (100 - missing).toFixed(decimals)
  return `${text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')} %`
}

const UNITS: readonly (readonly [string, number])[] = [
  ['days', 24 * 3600],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
]

/** A length of time in its largest fitting unit, three digits: `8.77 h`, `52.6 min`, `5.26 min`, `31.6 s`. */
export const duration = (seconds: number): string => {
  const [unit, size] = UNITS.find(([, of]) => seconds >= of) ?? ['s', 1]
  const value = seconds / size
  if (value < 0.01) return 'under 0.01 s'
  return `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${unit}`
}

const view = ({ memory }: AvailabilityState): NodeView => {
  const { config } = memory
  const down = downShare(config)
  return {
    role: 'calculator',
    values: {},
    facts: [
      { label: 'up', value: percent(down) },
      { label: 'a year', value: duration(down * YEAR_S) },
      { label: 'a month', value: duration((down * YEAR_S) / 12) },
      { label: 'needs', value: `${neededParts(config)} of ${config.parts}` },
      { label: 'each part', value: percent(1 - config.partPercent / 100) },
      // For charts and conditions, in one unit each.
      { label: 'up %', value: String(100 - down * 100) },
      { label: 'min a year', value: String((down * YEAR_S) / 60) },
      { label: 'min a month', value: String((down * YEAR_S) / 12 / 60) },
      { label: 'ms a year', value: String(down * YEAR_S * 1000) },
    ],
  }
}

const on = (state: AvailabilityState, event: NodeEvent<never, never, Partial<AvailabilityConfig>>): void => {
  switch (event.type) {
    case 'configured':
      state.memory.config = availabilityConfig(event.config)
      break
    case 'started':
    case 'message':
    case 'timer':
    case 'request':
    case 'synced':
      break
    default:
      assertNever(event)
  }
}

export const availability: Protocol<null, AvailabilityMemory, never, never, Partial<AvailabilityConfig>> = {
  name: 'availability',
  revision: 1,
  boot: (_self, _peers, _disk, config) => ({ disk: null, memory: { config: availabilityConfig(config) } }),
  on,
  view,
  describe: () => ({ label: '', purpose: 'control', bytes: 0, costUs: 0 }),
}
