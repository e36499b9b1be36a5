import { createElement } from 'react'
import type { Progress } from '../../course/progress.ts'
import type { Happening } from '../../course/progress-event.ts'
import { inkRenderer } from '../terminal/ink-renderer.ts'
import type { Key } from '../terminal/key.ts'
import type { Terminal } from '../terminal/open-terminal.ts'
import { App } from './app.tsx'
import type { Effect, Message } from './message.ts'
import { isPlaying, type Model } from './model.ts'
import { update } from './update.ts'
import { view } from './view.ts'

/** What the app needs of the world outside. What throws is told in one sentence at the foot of the screen. */
export interface Ports {
  /** Makes it durable and returns the new progress; `notice` says when nothing can be saved. */
  record(happenings: readonly Happening[]): Promise<{ readonly progress: Progress; readonly notice: string | null }>
  /** Answers the effects that open something. */
  open(effect: Exclude<Effect, { type: 'record' | 'quit' }>): Promise<Message>
}

/** The app while it runs; keys and pastes that came before it was there are handed over first. */
export interface RunningApp {
  key(key: Key): void
  paste(text: string): void
  resize(): void
  resumed(): void
}

/** Frames a second while something plays. */
const FRAMES_PER_S = 15

/** Runs the app on a terminal until it quits: messages in, frames out, effects done in order. */
export const runApp = (terminal: Terminal, start: Model, first: readonly Effect[], ports: Ports): RunningApp => {
  const renderer = inkRenderer(terminal)
  let model = start
  let clock: NodeJS.Timeout | undefined
  let lastTickMs = 0
  let queue = Promise.resolve()

  const perform = async (effect: Effect): Promise<void> => {
    if (effect.type === 'quit') return terminal.close()
    try {
      if (effect.type === 'record') {
        const { happenings } = effect
        dispatch({ type: 'recorded', happenings, ...(await ports.record(happenings)) })
      } else dispatch(await ports.open(effect))
    } catch (error) {
      if (!(error instanceof Error)) throw error
      dispatch({ type: 'failed', sentence: error.message })
    }
  }
  const enqueue = (effects: readonly Effect[]): void => {
    for (const effect of effects) {
      // Quitting does not wait for a lesson that is being opened.
      if (effect.type === 'quit') void perform(effect)
      else queue = queue.then(() => perform(effect)).catch(error => terminal.crash(error))
    }
  }
  const dispatch = (message: Message): void => {
    const [next, effects] = update(model, message)
    const changed = next !== model
    model = next
    if (changed) draw()
    keepTime()
    enqueue(effects)
  }
  const draw = (): void => renderer.render(createElement(App, { frame: view(model) }))
  const keepTime = (): void => {
    if (!isPlaying(model)) {
      clearInterval(clock)
      clock = undefined
    } else if (clock === undefined) {
      lastTickMs = performance.now()
      clock = setInterval(tick, 1000 / FRAMES_PER_S)
    }
  }
  const tick = (): void => {
    const nowMs = performance.now()
    // A terminal that stood still (a sleeping laptop) must not make the run leap.
    const elapsedMs = Math.min(nowMs - lastTickMs, 250)
    lastTickMs = nowMs
    dispatch({ type: 'tick', elapsedMs })
  }

  terminal.onClose(() => clearInterval(clock))
  draw()
  keepTime()
  enqueue(first)
  return {
    key: key => dispatch({ type: 'key', ...key }),
    paste: text => dispatch({ type: 'paste', text }),
    resize: () => dispatch({ type: 'resize', size: terminal.size() }),
    resumed: () => {
      lastTickMs = performance.now()
    },
  }
}
