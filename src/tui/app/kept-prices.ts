import type { EditedPrices } from '../scenes/money-scene.ts'
import type { LabState } from '../screens/lab-state.ts'
import { type Model, type Screen, shownScreen, withShown } from './model.ts'

const benchOf = (screen: Screen): LabState | null =>
  screen.kind === 'lesson' ? screen.state.bench : screen.kind === 'lab' ? screen.state : null

const withBench = (screen: Screen, prices: EditedPrices): Screen => {
  if (screen.kind === 'lesson')
    return { ...screen, state: { ...screen.state, bench: { ...screen.state.bench, prices } } }
  return screen.kind === 'lab' ? { ...screen, state: { ...screen.state, prices } } : screen
}

/**
 * Prices that the learner has typed in outlive the run and the page: a lab that opens anew gets those of its last opening, for as long as
 * the program runs.
 */
export const keepPrices = (model: Model): Model => {
  const screen = shownScreen(model)
  const bench = benchOf(screen)
  if (bench === null || bench.session.lab.prices.length === 0) return model
  const { id } = bench.session.lab
  if (bench.prices === null) return withShown(model, withBench(screen, model.prices[id] ?? {}))
  return bench.prices === model.prices[id] ? model : { ...model, prices: { ...model.prices, [id]: bench.prices } }
}
