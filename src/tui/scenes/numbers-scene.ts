import type { Session } from '../../lab/session.ts'
import type { NumbersView } from '../panes/numbers-view.ts'

/** The numbers of a session: how long answers took, and how many operations ended how. */
export const numbersScene = (session: Session): NumbersView => {
  const { history } = session
  const latencies = history.flatMap(({ invokedUs, returnedUs, outcome }) => (outcome === 'ok' && returnedUs !== null ? [returnedUs - invokedUs] : []))
  return { charts: [{ type: 'histogram', title: 'time to an answer', unit: 'duration', values: latencies }] }
}
