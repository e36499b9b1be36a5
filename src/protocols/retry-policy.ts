import type { TimerRange } from '../kernel/protocol.ts'
import type { ConfigDoc } from './config-doc.ts'
import { backOff, freshRoundTrip, type RoundTrip, recordRoundTrip } from './round-trip.ts'

/**
 * When to ask again, shared by clients and by servers that call other servers. All of it is arithmetic on the caller's own state.
 *
 * - Backoff and jitter: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015. Full jitter draws the pause before
 *   retry k from [0, min(cap, base * 2^k)]. The draw is the simulator's: a timer takes a range.
 * - Retry budget: Beyer et al. (eds.), "Site Reliability Engineering", 2016, chapter 21, "Deciding to Retry": retries may be at most a
 *   fraction of requests. Here a bucket of tokens: each request puts `retryBudget` of a token in, each retry takes one out.
 * - Circuit breaker: Michael Nygard, "Release It!", 2007, section 5.2. After `breakerFailures` failures in a row nothing is sent for
 *   `breakerOpenMs` (open); then one call may try (half-open), and its result closes or opens the circuit.
 * - Adaptive timeouts: `round-trip.ts`.
 */
export type RetryPolicy = {
  /** How long an attempt may take before it counts as lost. */
  readonly timeoutMs: number
  /** Whether it stays so, or follows what answers take between `minTimeoutMs` and `maxTimeoutMs`. */
  readonly timeout: 'fixed' | 'adaptive'
  readonly minTimeoutMs: number
  readonly maxTimeoutMs: number
  /** Further attempts after the first. */
  readonly retries: number
  readonly backoff: 'none' | 'fixed' | 'exponential'
  readonly baseMs: number
  readonly capMs: number
  readonly jitter: 'none' | 'full'
  /** Retries allowed per request, 0.1 for one in ten; 0 for no limit. */
  readonly retryBudget: number
  /** Tokens that the bucket holds at first and at most. */
  readonly budgetBurst: number
  /** Failures in a row that open the circuit; 0 for no circuit breaker. */
  readonly breakerFailures: number
  readonly breakerOpenMs: number
}

export const retryDefaults: RetryPolicy = {
  timeoutMs: 200,
  timeout: 'fixed',
  minTimeoutMs: 10,
  maxTimeoutMs: 5000,
  retries: 0,
  backoff: 'none',
  baseMs: 100,
  capMs: 2000,
  jitter: 'none',
  retryBudget: 0,
  budgetBurst: 3,
  breakerFailures: 0,
  breakerOpenMs: 1000,
}

export const retryDocs: readonly ConfigDoc[] = [
  { key: 'timeoutMs', kind: 'number', min: 0.001, default: 200, doc: 'How long one attempt may take.' },
  {
    key: 'timeout',
    kind: 'choice',
    choices: ['fixed', 'adaptive'],
    default: 'fixed',
    doc: 'Adaptive starts at timeoutMs and follows what answers take.',
  },
  { key: 'minTimeoutMs', kind: 'number', min: 0.001, default: 10, doc: 'The shortest adaptive timeout.' },
  { key: 'maxTimeoutMs', kind: 'number', min: 0.001, default: 5000, doc: 'The longest adaptive timeout.' },
  { key: 'retries', kind: 'number', integer: true, min: 0, default: 0, doc: 'Further attempts after the first.' },
  {
    key: 'backoff',
    kind: 'choice',
    choices: ['none', 'fixed', 'exponential'],
    default: 'none',
    doc: 'The pause before a retry: none, always baseMs, or baseMs doubled each time up to capMs.',
  },
  { key: 'baseMs', kind: 'number', min: 0, default: 100, doc: 'The first pause before a retry.' },
  { key: 'capMs', kind: 'number', min: 0, default: 2000, doc: 'The longest pause before a retry.' },
  {
    key: 'jitter',
    kind: 'choice',
    choices: ['none', 'full'],
    default: 'none',
    doc: 'Full draws each pause evenly between 0 and what backoff says.',
  },
  { key: 'retryBudget', kind: 'number', min: 0, default: 0, doc: 'Retries per request, 0.1 for one in ten; 0: any.' },
  { key: 'budgetBurst', kind: 'number', min: 0, default: 3, doc: 'Retries saved up at most (and at first).' },
  {
    key: 'breakerFailures',
    kind: 'number',
    integer: true,
    min: 0,
    default: 0,
    doc: 'Failures in a row that open the circuit; 0: no circuit breaker.',
  },
  { key: 'breakerOpenMs', kind: 'number', min: 0, default: 1000, doc: 'How long an open circuit sends nothing.' },
]

/** A circuit: `failures` in a row while closed; while open nothing is sent before `untilUs`; half-open waits for its one probe. */
export type Circuit =
  | { readonly is: 'closed'; readonly failures: number }
  | { readonly is: 'open'; readonly untilUs: number }
  | { readonly is: 'half-open' }

/** What a caller remembers to follow its policy. `milliTokens` is the bucket in thousandths, so that it stays exact. */
export type RetryState = { milliTokens: number; circuit: Circuit; trip: RoundTrip }

export const freshRetryState = (policy: RetryPolicy): RetryState => ({
  milliTokens: Math.round(policy.budgetBurst * 1000),
  circuit: { is: 'closed', failures: 0 },
  trip: freshRoundTrip(policy.timeoutMs),
})

/** How long an attempt that is sent now may take, microseconds. */
export const attemptTimeoutUs = (policy: RetryPolicy, state: RetryState): number =>
  policy.timeout === 'adaptive' ? state.trip.rtoUs : Math.round(policy.timeoutMs * 1000)

/** The pause before retry `k`, counted from 0. */
export const backoffRange = (policy: RetryPolicy, k: number): TimerRange => {
  let ms = policy.backoff === 'none' ? 0 : policy.baseMs
  if (policy.backoff === 'exponential') for (let i = 0; i < k && ms < policy.capMs; i += 1) ms *= 2
  const maxUs = Math.round(Math.min(policy.capMs, ms) * 1000)
  return { minUs: policy.jitter === 'full' ? 0 : maxUs, maxUs }
}

/** A first attempt earns part of a retry. */
export const earnRetry = (policy: RetryPolicy, state: RetryState): void => {
  const most = Math.round(policy.budgetBurst * 1000)
  state.milliTokens = Math.min(most, state.milliTokens + Math.round(policy.retryBudget * 1000))
}

/** Takes a token for a retry; false when there is none. */
export const spendRetry = (policy: RetryPolicy, state: RetryState): boolean => {
  if (policy.retryBudget === 0) return true
  if (state.milliTokens < 1000) return false
  state.milliTokens -= 1000
  return true
}

/** May something be sent now? The call that is let through an open circuit whose time is over is the probe. */
export const admit = (policy: RetryPolicy, state: RetryState, now: number): boolean => {
  if (policy.breakerFailures === 0 || state.circuit.is === 'closed') return true
  if (state.circuit.is === 'half-open' || now < state.circuit.untilUs) return false
  state.circuit = { is: 'half-open' }
  return true
}

/** An attempt was answered after so long. */
export const recordTook = (policy: RetryPolicy, state: RetryState, tookUs: number): void => {
  if (policy.timeout === 'adaptive') recordRoundTrip(policy, state.trip, Math.max(0, tookUs))
}

/** An attempt was not answered within `waitedUs`. */
export const recordWaited = (policy: RetryPolicy, state: RetryState, waitedUs: number): void => {
  if (policy.timeout === 'adaptive') backOff(policy, state.trip, waitedUs)
}

/** No answer came in time. */
export const recordFailure = (policy: RetryPolicy, state: RetryState, now: number): void => {
  // Calls that were sent before the circuit opened tell nothing new.
  if (policy.breakerFailures === 0 || state.circuit.is === 'open') return
  const failures = state.circuit.is === 'closed' ? state.circuit.failures + 1 : policy.breakerFailures
  state.circuit =
    failures >= policy.breakerFailures
      ? { is: 'open', untilUs: now + Math.round(policy.breakerOpenMs * 1000) }
      : { is: 'closed', failures }
}

/**
 * An answer came while an attempt was under way. In time, it shows that the other side lives, whatever it says. If it answers an earlier
 * attempt it is no success, for that one had been given up; and if the attempt under way was the probe, nobody will wait for it any more.
 */
export const recordAnswer = (policy: RetryPolicy, state: RetryState, inTime: boolean, now: number): void => {
  if (!inTime) {
    if (state.circuit.is === 'half-open') recordFailure(policy, state, now)
  } else if (state.circuit.is !== 'closed' || state.circuit.failures > 0) state.circuit = { is: 'closed', failures: 0 }
}
