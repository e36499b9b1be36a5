import type { Action } from '../keymap.ts'

/** In a run that is only watched, these act on time and on the picture, and none on the run. */
export const WATCHING: ReadonlySet<Action> = new Set<Action>([
  'run',
  'forward',
  'backward',
  'forward-far',
  'backward-far',
  'faster',
  'slower',
  'light',
  'heartbeats',
  'zoom-in',
  'zoom-out',
  'next-pane',
  'previous-pane',
  'code',
  'up',
  'down',
])

/** What was seen is asked beside the run: these still look around in it. */
export const LOOKING: ReadonlySet<Action> = new Set<Action>([
  'forward',
  'backward',
  'forward-far',
  'backward-far',
  'light',
  'heartbeats',
  'zoom-in',
  'zoom-out',
  'next-pane',
  'previous-pane',
])
