import { assertNever } from '../kernel/assert-never.ts'
import type { MessageId } from '../kernel/ids.ts'
import type { Cause } from '../kernel/trace.ts'
import { ownPart } from './draft-world.ts'
import { garble } from './garble.ts'
import { sendCopy } from './network.ts'
import { removeAt } from './queue.ts'
import { planOfNode, type Run, schedule } from './run.ts'
import type { Act, Refusal } from './spec.ts'
import type { Held, Parcel } from './world.ts'

type MessageAct = Extract<Act, { readonly act: 'message' }>

/** A message under way, where it is, and how to take it from there. */
interface Found extends Held {
  readonly held: boolean
  take(): void
  /** Puts the same message back with another count of copies, or with other content. */
  recount(parcel: Parcel): void
}

/** Holds, releases, delivers, drops, duplicates or garbles one message. A held message stops its journey; released, it travels what was left. */
export const actOnMessage = (run: Run, act: MessageAct): Cause | Refusal => {
  const found = find(run, act.message)
  if (found === undefined) return { refused: `The message ${act.message} is not under way.` }
  const { parcel, remainingUs, held } = found
  const { world } = run
  switch (act.do) {
    case 'hold':
      if (held) return { refused: `The message ${act.message} is held already.` }
      found.take()
      ownPart(world, 'held').push({ parcel, remainingUs })
      break
    case 'release':
      if (!held) return { refused: `The message ${act.message} is not held.` }
      found.take()
      schedule(run, world.nowUs + remainingUs, { type: 'deliver', node: parcel.message.to, parcel })
      break
    case 'deliver':
      found.take()
      schedule(run, world.nowUs, { type: 'deliver', node: parcel.message.to, parcel })
      break
    case 'drop':
      found.take()
      run.effects?.push({ type: 'lost', message: parcel.message, reason: 'dropped' })
      break
    case 'duplicate': {
      const copies = parcel.copies + 1
      found.recount({ ...parcel, copies })
      sendCopy(run, parcel.message, run.copy(parcel.content), copies, world.nowUs)
      break
    }
    case 'garble': {
      const content = garble(run.copy(parcel.content))
      if (content === undefined) return { refused: `The message ${act.message} has no content to garble.` }
      const info = planOfNode(run, parcel.message.from).protocol.describe(content)
      found.recount({ ...parcel, content, message: { ...parcel.message, info } })
      break
    }
    default:
      assertNever(act.do)
  }
  const label = `${act.do} ${parcel.message.info.label} (${act.message})`
  return { type: 'act', kind: `message-${act.do}`, label, nodes: [], links: [], messages: [act.message] }
}

const find = (run: Run, id: MessageId): Found | undefined => {
  const { world, queue } = run
  const at = queue.findIndex(({ due }) => due.type === 'deliver' && due.parcel.message.id === id)
  const entry = queue[at]
  if (entry !== undefined && entry.due.type === 'deliver') {
    const { due } = entry
    return {
      parcel: due.parcel,
      remainingUs: entry.us - world.nowUs,
      held: false,
      take: () => removeAt(queue, at),
      recount: parcel => {
        queue[at] = { ...entry, due: { ...due, parcel } }
      },
    }
  }
  const place = world.held.findIndex(({ parcel }) => parcel.message.id === id)
  const held = world.held[place]
  if (held === undefined) return undefined
  const { parcel, remainingUs } = run.copy(held)
  return {
    parcel,
    remainingUs,
    held: true,
    take: () => ownPart(world, 'held').splice(place, 1),
    recount: changed => {
      ownPart(world, 'held')[place] = { parcel: changed, remainingUs }
    },
  }
}
