/**
 * A timeout that follows what answers have been taking: Jacobson and Karels, "Congestion Avoidance and Control", SIGCOMM 1988, as
 * RFC 6298 has it. It is the smoothed time of a round trip plus four times its smoothed deviation; a timeout that fired doubles it until
 * the next measurement.
 *
 * Answers name the attempt that they answer, so every one in time is a measurement, a repeated one too (Karn's rule, which leaves repeated
 * ones out, is for answers that do not say). Many calls may be open at once, so what doubles is the wait that proved too short: calls that
 * were sent under the same timeout double it once together. All in whole microseconds.
 */
export type RoundTrip = {
  /** Smoothed round trip and its smoothed deviation; null before the first measurement. */
  measured: { srttUs: number; rttvarUs: number } | null
  /** The timeout now. */
  rtoUs: number
}

/** The bounds of an adaptive timeout, ms. RFC 6298, section 2.4, has at least a second; data centres set it far lower. */
export type RoundTripBounds = { readonly minTimeoutMs: number; readonly maxTimeoutMs: number }

const within = ({ minTimeoutMs, maxTimeoutMs }: RoundTripBounds, us: number): number =>
  Math.min(Math.round(maxTimeoutMs * 1000), Math.max(Math.round(minTimeoutMs * 1000), us))

export const freshRoundTrip = (timeoutMs: number): RoundTrip => ({
  measured: null,
  rtoUs: Math.round(timeoutMs * 1000),
})

/** An answer took so long (sections 2.2 and 2.3). */
export const recordRoundTrip = (bounds: RoundTripBounds, trip: RoundTrip, tookUs: number): void => {
  const { measured } = trip
  if (measured === null) trip.measured = { srttUs: tookUs, rttvarUs: Math.floor(tookUs / 2) }
  else {
    const off = Math.abs(measured.srttUs - tookUs)
    trip.measured = {
      rttvarUs: Math.floor((3 * measured.rttvarUs + off) / 4),
      srttUs: Math.floor((7 * measured.srttUs + tookUs) / 8),
    }
  }
  const { srttUs, rttvarUs } = trip.measured as { srttUs: number; rttvarUs: number }
  trip.rtoUs = within(bounds, srttUs + 4 * rttvarUs)
}

/** No answer came within `waitedUs` (section 5.5). */
export const backOff = (bounds: RoundTripBounds, trip: RoundTrip, waitedUs: number): void => {
  trip.rtoUs = Math.max(trip.rtoUs, within(bounds, 2 * waitedUs))
}
