import type { Action } from '../keymap.ts'

/** By how many rows an action scrolls. */
export const scrollOf = (action: Action | undefined): number => {
  switch (action) {
    case 'up':
      return -1
    case 'down':
      return 1
    case 'page-up':
      return -10
    case 'page-down':
      return 10
    default:
      return 0
  }
}
