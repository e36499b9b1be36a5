import type { Figure } from '../../course/drawn/drawn-item.ts'
import { assertNever } from '../../kernel/assert-never.ts'
import type { NodeId } from '../../kernel/ids.ts'
import type { History } from '../../kernel/operation.ts'
import { type Line, line } from '../line.ts'
import { sanitizeLine } from '../plain.ts'
import { requestLabels, resultText } from '../scenes/operation-label.ts'
import type { Theme } from '../theme.ts'
import { plotWidth, spaceTime } from './space-time.ts'
import type { Lane, OperationSpan, SpaceTimeView } from './space-time-view.ts'

const spanOf = (op: History[number], untilUs: number): OperationSpan => ({
  op: op.id,
  client: op.client,
  labels: requestLabels(op),
  result: resultText(op.kind, op.outcome, op.output),
  outcome: op.outcome,
  invokedUs: op.invokedUs,
  invokedAt: 0,
  endedUs: op.returnedUs ?? untilUs,
  endedAt: null,
})

/** Every client a lane, every operation a span from call to answer: the space-time picture with nothing but what clients can know. */
const historyLines = (history: History, untilUs: number, width: number, theme: Theme): Line[] => {
  const clients = [...new Set(history.map(({ client }) => client))].sort()
  const lanes = clients.map((node: NodeId): Lane => ({ node, kind: 'client' }))
  const fromUs = Math.max(0, Math.min(...history.map(op => op.invokedUs)) - untilUs / 50)
  const view: SpaceTimeView = {
    lanes,
    messages: [],
    spans: history.map(op => spanOf(op, untilUs)),
    marks: [],
    stretches: [],
    bands: [],
    nowUs: untilUs,
    window: { fromUs, usPerCell: (untilUs - fromUs) / plotWidth({ lanes }, width) },
    cursor: null,
    cones: null,
    heartbeats: false,
    selected: null,
  }
  // The row for faults stays out: there are none in the picture.
  return spaceTime(view, { width, height: 2 * lanes.length + 1 }, theme).slice(1)
}

/** A question's figure. */
export const figureLines = (figure: Figure, width: number, theme: Theme): Line[] => {
  switch (figure.kind) {
    case 'history':
      return historyLines(figure.history, figure.untilUs, width, theme)
    case 'lines':
      return figure.lines.map(text => line(`  ${sanitizeLine(text)}`.slice(0, width)))
    default:
      return assertNever(figure)
  }
}
