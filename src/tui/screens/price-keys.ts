import type { Action } from '../keymap.ts'
import type { Drawer, LabState } from './lab-state.ts'
import { moveList, startList } from './list-state.ts'

type Prices = Extract<Drawer, { readonly kind: 'prices' }>

/** Digits and one point, so many at most. */
const LONGEST = 10

/** Opens the list of the lab's prices; says so where it has none. */
export const openPrices = (state: LabState): LabState =>
  state.session.lab.prices.length === 0
    ? { ...state, notice: 'This lab has no prices.' }
    : { ...state, playing: false, drawer: { kind: 'prices', list: startList, typed: '' } }

const typedInto = (typed: string, text: string): string => {
  const next = typed + text
  return /^[0-9]*\.?[0-9]*$/.test(next) && next.length <= LONGEST ? next : typed
}

/** What a key does in the list: arrows choose a price, digits are its new amount, enter takes it. */
export const actOnPrices = (state: LabState, drawer: Prices, action: Action | undefined, text: string): LabState => {
  const { prices } = state.session.lab
  switch (action) {
    case undefined:
      return { ...state, drawer: { ...drawer, typed: typedInto(drawer.typed, text) } }
    case 'erase':
      return { ...state, drawer: { ...drawer, typed: drawer.typed.slice(0, -1) } }
    case 'up':
    case 'down':
      return { ...state, drawer: { ...drawer, list: moveList(drawer.list, action, prices.length), typed: '' } }
    case 'choose': {
      const price = prices[drawer.list.cursor]
      const usd = Number.parseFloat(drawer.typed)
      if (price === undefined || Number.isNaN(usd)) return { ...state, drawer: null }
      return { ...state, prices: { ...state.prices, [price.id]: usd }, drawer: { ...drawer, typed: '' } }
    }
    default:
      return state
  }
}
