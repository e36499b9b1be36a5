import type { NodeId } from '../kernel/ids.ts'
import { compareEpochs, type SurveyReply } from './primary-backup-messages.ts'
import { standing } from './primary-backup-primary.ts'
import { armElection, maySucceed, promote } from './primary-backup-role.ts'
import {
  exactly,
  microseconds,
  orderOf,
  type PrimaryBackupOutbox,
  type PrimaryBackupState,
  type SurveyAnswer,
} from './primary-backup-state.ts'

/** Nothing was heard of the primary for too long. It may be dead, or slow, or cut off: nobody can tell from here. */
export const silence = (state: PrimaryBackupState, now: number, out: PrimaryBackupOutbox): void => {
  if (!maySucceed(state)) return
  const { disk, memory } = state
  const { of } = disk.epoch
  if (of !== memory.self && memory.suspected !== of) {
    memory.suspected = of
    out.note('suspect', { node: of })
  }
  if (memory.config.successor === 'freshest') survey(state, out)
  else promote(state, 0, now, out)
}

/** Asks who is there and how fresh. */
const survey = (state: PrimaryBackupState, out: PrimaryBackupOutbox): void => {
  const { memory } = state
  memory.round += 1
  memory.survey = []
  for (const peer of memory.peers) out.send(peer, { t: 'survey', round: memory.round })
  out.setTimer('count', exactly(memory.config.surveyMs))
  armElection(state, out)
}

export const receiveSurveyReply = ({ memory }: PrimaryBackupState, from: NodeId, m: SurveyReply): void => {
  if (m.round !== memory.round) return
  const { epoch, lastEpoch, index, acting } = m
  memory.survey = [
    ...memory.survey.filter(({ node }) => node !== from),
    { node: from, epoch: { ...epoch }, lastEpoch: lastEpoch && { ...lastEpoch }, index, acting },
  ]
}

/** The freshest of those that answered takes over; of equals the next in order. However few they are. */
export const count = (state: PrimaryBackupState, now: number, out: PrimaryBackupOutbox): void => {
  const { disk, memory } = state
  if (!maySucceed(state)) return
  const mine: SurveyAnswer = { node: memory.self, ...standing(state) }
  const all = [mine, ...memory.survey].filter(({ node }) => !memory.config.declaredDead.includes(node))
  if (all.some(({ acting, epoch }) => acting && compareEpochs(epoch, disk.epoch) >= 0)) return
  const order = orderOf(memory)
  const after = order.indexOf(disk.epoch.of)
  const turn = (node: NodeId): number => (order.indexOf(node) - after - 1 + order.length) % order.length
  const [best = mine] = [...all].sort(
    (a, b) => compareEpochs(b.lastEpoch, a.lastEpoch) || b.index - a.index || turn(a.node) - turn(b.node),
  )
  const n = Math.max(...all.map(({ epoch }) => epoch.n)) + 1
  if (best.node === memory.self) promote(state, n, now, out)
  else out.send(best.node, { t: 'promote', n })
}

/** Takes over when asked to, unless it hears the primary itself. */
export const receivePromote = (state: PrimaryBackupState, n: number, now: number, out: PrimaryBackupOutbox): void => {
  const { heardUs, config } = state.memory
  const hears = now >= heardUs && now - heardUs < microseconds(config.electMs)
  if (maySucceed(state) && !hears) promote(state, n, now, out)
}
