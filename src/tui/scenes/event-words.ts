import { assertNever } from '../../kernel/assert-never.ts'
import type { NodeId } from '../../kernel/ids.ts'
import type { Cause, TraceEvent } from '../../kernel/trace.ts'
import { sanitizeLine } from '../plain.ts'
import { noteWords } from './note-words.ts'
import { requestLabels, valueText } from './operation-label.ts'

/** Timers have the names that the protocols give them; those that beginners meet are said in words. */
const timerWords = (node: NodeId, timer: string): string => {
  const [name = '', about = ''] = timer.split(':')
  if (name === 'timeout') return `${node} gives up waiting${/[a-z]/.test(about) ? ` for ${about}` : ''}`
  if (name === 'election') return `${node} has waited too long for a leader`
  if (name === 'dawn') return `the hour of the battle at ${node}`
  if (name === 'round') return `the round is over for ${node}`
  if (name === 'progress') return `${node} has waited too long for the primary`
  if (name === 'mine') return `${node} finds a block`
  return name === 'work' ? `${node} has done its work` : `timer ${timer} at ${node}`
}

const causeWords = (cause: Cause): string => {
  switch (cause.type) {
    case 'start':
      return `${cause.node} ${cause.restarted ? (cause.diskKept ? 'restarts' : 'restarts with an empty disk') : 'starts'}`
    case 'deliver':
      return `${cause.node} gets ${cause.message.info.label} from ${cause.message.from}`
    case 'arrive':
      return `${cause.message.info.label} from ${cause.message.from} waits at ${cause.node}`
    case 'timer':
      return timerWords(cause.node, cause.timer)
    case 'invoke':
      return `${cause.node} asks: ${requestLabels(cause.request)[0] ?? cause.request.kind}`
    case 'deadline':
      return `${cause.node} gives up waiting for ${cause.op}`
    case 'synced':
      return `${cause.node}: what it wrote is on disk`
    case 'act':
      return cause.label
    default:
      return assertNever(cause)
  }
}

/** What an event was, and the most telling thing that it brought about, in one line. */
export const eventWords = ({ cause, effects }: TraceEvent): string => {
  const told = effects.flatMap(effect => {
    if (effect.type === 'completed') {
      const value = effect.outcome === 'ok' && effect.output !== null ? ` ${valueText(effect.output)}` : ''
      return [`${effect.op} ${effect.outcome}${value}`]
    }
    return effect.type === 'note' && effect.text !== 'applied'
      ? [`${effect.node} ${noteWords(effect.text, effect.data)}`]
      : []
  })
  return sanitizeLine([causeWords(cause), ...told.slice(0, 1)].join(': '))
}
