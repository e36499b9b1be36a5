import { costOf, type Price } from '../../lab/price.ts'
import type { Session } from '../../lab/session.ts'
import type { Chart } from '../panes/numbers-view.ts'

/** Amounts that the learner has put in the place of the lab's own, by price. */
export type EditedPrices = { readonly [price: string]: number }

const at = (price: Price, edited: EditedPrices): Price => ({ ...price, usd: edited[price.id] ?? price.usd })

/** What the run has cost so far, US dollars: by one price, or by all of them. */
export const costs = ({ lab, scene }: Session, edited: EditedPrices, id?: string): number =>
  lab.prices
    .filter(price => id === undefined || price.id === id)
    .reduce((sum, price) => sum + costOf(at(price, edited), scene.tally, scene), 0)

/** Whether the run has anything that the price is for. */
const concerns = ({ links, nodes }: Price, { servers, clients }: Session['scene']): boolean => {
  const present: readonly string[] = [...servers, ...clients]
  return (
    links.some(link => link.split('>').every(end => present.includes(end))) || nodes.some(id => present.includes(id))
  )
}

/** The bill so far, a row a price and one for all; undefined where the lab has no prices. */
export const money = (session: Session, edited: EditedPrices): Chart | undefined => {
  const { lab, scene } = session
  const prices = lab.prices.filter(price => concerns(price, scene))
  if (prices.length === 0) return undefined
  const changed = lab.prices.some(({ id, usd }) => (edited[id] ?? usd) !== usd)
  const bars = prices.map(({ id, say }) => ({ label: say, value: costs(session, edited, id), fixed: false }))
  return {
    type: 'bars',
    title: changed ? 'the bill, at your prices' : `the bill, prices of ${lab.definition.prices?.asOf ?? ''}`,
    unit: 'money',
    scale: 'linear',
    bars: [...bars, { label: 'in all', value: costs(session, edited), fixed: false }],
  }
}
