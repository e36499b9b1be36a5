import { type MessageId, messageId, type NodeId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { MessageInfo } from '../kernel/protocol.ts'
import type { LossReason, MessageRecord } from '../kernel/trace.ts'
import { sampleUs, toUs } from './distribution.ts'
import { ownLines, ownLink, ownRow } from './draft-world.ts'
import { draw, streams, subjectOf } from './draw.ts'
import type { Word64 } from './fnv.ts'
import { nodeOf, planOfNode, type Run, schedule } from './run.ts'
import type { LinkSpec } from './spec.ts'
import type { LinkState, Parcel, World } from './world.ts'

/** The link's memory, to be changed, made at its first use. */
export const linkOf = (world: World, from: NodeId, to: NodeId): LinkState => {
  const known = ownLink(world, from, to)
  if (known !== undefined) return known
  const link: LinkState = { sent: 0, cut: false, freeUs: 0, lastArrivalUs: 0 }
  ownRow(world, from)[to] = link
  return link
}

/** The properties in force on a link. */
const propertiesOf = (run: Run, link: LinkState, from: NodeId, to: NodeId): LinkSpec => {
  const { spec } = run.plan.link(from, to)
  return link.set === undefined ? spec : { ...spec, ...link.set }
}

/** The node behind an address, or null. A name without an entry in the table is a node's own. */
const resolve = (run: Run, address: NodeId): NodeId | null => {
  const entry = run.world.addresses[address]
  if (entry !== undefined) return entry
  return run.plan.nodes.has(address) ? address : null
}

/**
 * Gives a message to the network. It leaves `afterUs` from now (the time that the sender's processor needs first). A cut acts
 * here and now: what is already under way travels on. The content must belong to nobody else.
 */
export const transmit = (run: Run, from: NodeId, address: NodeId, content: Json, afterUs: number): void => {
  const { world } = run
  const to = resolve(run, address)
  const link = linkOf(world, from, to ?? address)
  const message: MessageRecord = {
    id: messageId(from, to ?? address, ++link.sent),
    from,
    to: to ?? address,
    info: planOfNode(run, from).protocol.describe(content),
    sentUs: world.nowUs,
    sentAt: world.nextIndex,
  }
  const reason = to === null ? 'no-such-address' : enter(run, link, message, content, world.nowUs + afterUs)
  if (reason !== undefined) run.effects?.push({ type: 'lost', message, reason })
}

/** Puts a message on its link, or says why it is lost. */
const enter = (
  run: Run,
  link: LinkState,
  message: MessageRecord,
  content: Json,
  departsUs: number,
): LossReason | undefined => {
  const { from, to } = message
  if (from === to) {
    run.effects?.push({ type: 'sent', message })
    schedule(run, departsUs, { type: 'deliver', node: to, parcel: { message, content, copies: 0 } })
    return undefined
  }
  const properties = propertiesOf(run, link, from, to)
  const { subject } = run.plan.link(from, to)
  const reason = edgeLoss(run, link, properties, message.info, from, subject)
  if (reason !== undefined) return reason
  const onWireUs = queueForWire(run.world, link, properties, message.info.bytes, departsUs)
  if (onWireUs === undefined) return 'queue-full'
  if (chance(run, streams.loss, subject, link.sent, properties.loss)) return 'lost'
  const twice = chance(run, streams.duplicate, subject, link.sent, properties.duplicate)
  send(run, link, properties, { message, content, copies: twice ? 1 : 0 }, subject, link.sent, onWireUs)
  if (twice) sendCopy(run, message, run.copy(content), 1, onWireUs)
  return undefined
}

/** What stops a message before the wire: a faulty edge of the sender, a cut, its size. */
const edgeLoss = (
  run: Run,
  link: LinkState,
  properties: LinkSpec,
  info: MessageInfo,
  from: NodeId,
  subject: Word64,
): LossReason | undefined => {
  if (chance(run, streams.sendOmission, subject, link.sent, nodeOf(run, from).sendOmission)) return 'send-omission'
  if (link.cut) return 'cut'
  return properties.mtu !== null && info.bytes > properties.mtu ? 'too-big' : undefined
}

/** True with this probability; certainties take no draw. */
export const chance = (run: Run, stream: number, subject: Word64, ordinal: number, probability: number): boolean =>
  probability > 0 && (probability >= 1 || draw(run.spec.seed, stream, subject, ordinal) < probability)

/**
 * When the last byte is on the wire. Messages go one after the other at `bandwidth` bytes a second; the bytes not yet on the wire,
 * the rest of the one being sent included, are the queue. Links of one line have one queue. Undefined: the message found it occupied and
 * did not fit.
 */
const queueForWire = (
  world: World,
  link: LinkState,
  { bandwidth, queueBytes, line }: LinkSpec,
  bytes: number,
  departsUs: number,
): number | undefined => {
  if (bandwidth === null) return departsUs
  const isShared = line !== undefined && line !== null
  const freeUs = isShared ? (world.lines?.[line] ?? 0) : link.freeUs
  const backlogUs = Math.max(0, freeUs - departsUs)
  const backlogBytes = (backlogUs * bandwidth) / 1e6
  if (queueBytes !== null && backlogUs > 0 && backlogBytes + bytes > queueBytes) return undefined
  const onWireUs = departsUs + backlogUs + Math.ceil((bytes * 1e6) / bandwidth)
  if (isShared) ownLines(world)[line] = onWireUs
  else link.freeUs = onWireUs
  return onWireUs
}

const send = (
  run: Run,
  link: LinkState,
  properties: LinkSpec,
  parcel: Parcel,
  subject: Word64,
  ordinal: number,
  onWireUs: number,
): void => {
  const { seed } = run.spec
  let arrivesUs =
    onWireUs + sampleUs(properties.latencyMs, properties.minMs, () => draw(seed, streams.latency, subject, ordinal))
  if (chance(run, streams.reorder, subject, ordinal, properties.reorder)) {
    arrivesUs += toUs(properties.reorderMs * draw(seed, streams.reorderDelay, subject, ordinal))
  }
  if (properties.fifo) {
    arrivesUs = Math.max(arrivesUs, link.lastArrivalUs)
    link.lastArrivalUs = arrivesUs
  }
  run.effects?.push({ type: 'sent', message: parcel.message })
  schedule(run, arrivesUs, { type: 'deliver', node: parcel.message.to, parcel })
}

/** Sends the `copy`-th copy of a message along: `n1>n2#5+1`, with a latency keyed by that name. */
export const sendCopy = (run: Run, original: MessageRecord, content: Json, copy: number, onWireUs: number): void => {
  const message = { ...original, id: `${original.id}+${copy}` as MessageId }
  const link = linkOf(run.world, message.from, message.to)
  const properties = propertiesOf(run, link, message.from, message.to)
  send(run, link, properties, { message, content, copies: 0 }, subjectOf(message.id), 0, onWireUs)
}
