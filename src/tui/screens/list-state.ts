import type { Action } from '../keymap.ts'

/** A list with one row lit. `count` rows; the view scrolls so that the lit row is seen. */
export interface ListState {
  readonly cursor: number
}

export const startList: ListState = { cursor: 0 }

const PAGE = 10

/** Moves the light. The cursor stays inside 0 to count - 1. */
export const moveList = (list: ListState, action: Action, count: number): ListState => {
  const to = (cursor: number): ListState => ({ cursor: Math.max(0, Math.min(cursor, count - 1)) })
  switch (action) {
    case 'up':
      return to(list.cursor - 1)
    case 'down':
      return to(list.cursor + 1)
    case 'page-up':
      return to(list.cursor - PAGE)
    case 'page-down':
      return to(list.cursor + PAGE)
    case 'first':
      return to(0)
    case 'last':
      return to(count - 1)
    default:
      return list
  }
}

/** The first row to show so that the lit row stands in a window of `height` rows, as far in the middle as it can. */
export const firstRow = (cursor: number, count: number, height: number): number =>
  Math.max(0, Math.min(cursor - Math.floor(height / 2), count - height))
