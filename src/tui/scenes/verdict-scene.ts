import type { Phenomenon, PhenomenonName } from '../../check/phenomenon.ts'
import type { Verdict } from '../../check/verdict.ts'
import type { Session } from '../../lab/session.ts'
import type { Answer, Finding, Judgement, Score, VerdictView } from '../panes/verdict-view.ts'
import { sanitizeLine } from '../plain.ts'

/** Findings that are no harm by themselves. */
const HARMLESS: ReadonlySet<PhenomenonName> = new Set([
  'converged',
  'two-leaders',
  'unacked-but-kept',
  'diverged',
  'out-of-order',
])

const judgementOf = (verdict: Verdict): Judgement => {
  const question = verdict.consistency
  switch (verdict.answer) {
    case 'holds':
      return { question, answer: 'holds', words: '' }
    case 'violated':
      return { question, answer: 'violated', words: verdict.evidence.clash.join(' ') }
    case 'unknown':
      return { question, answer: 'unknown', words: sanitizeLine(verdict.why) }
  }
}

const convergence = (session: Session): Judgement => {
  const { phenomena } = session
  const last = phenomena.findLast(({ name }) => name === 'converged' || name === 'diverged')
  const answer: Answer = last === undefined ? 'unknown' : last.name === 'converged' ? 'holds' : 'violated'
  const words = last === undefined ? '' : last.name === 'converged' ? 'yes' : 'not now'
  return { question: 'converged', answer, words }
}

/** A list of sightings stays the same from frame to frame while nothing new is sighted. */
const findings = new WeakMap<readonly Phenomenon[], readonly Finding[]>()

/** Sightings as the verdict pane lists them. */
export const findingsOf = (phenomena: readonly Phenomenon[]): readonly Finding[] => {
  const known = findings.get(phenomena)
  if (known) return known
  const found = phenomena.map(({ name, atUs, evidence, final }) => ({
    name,
    atUs,
    evidence: sanitizeLine(evidence),
    final,
    harm: !HARMLESS.has(name),
  }))
  findings.set(phenomena, found)
  return found
}

const scoresOf = (session: Session): readonly Score[] => {
  const board = session.scoreboard
  const last = session.event?.index
  const fresh = new Set(session.phenomena.filter(({ atIndex }) => atIndex === last).map(({ name }) => name))
  const score = (label: string, count: number, harm: boolean, name?: PhenomenonName): Score => ({
    label,
    count,
    harm,
    fresh: name !== undefined && fresh.has(name),
  })
  return [
    score('acked and kept', board.ackedAndKept, false),
    score('acked and lost', board.ackedAndLost, true, 'acked-write-lost'),
    score('unacked but kept', board.unackedButKept, false, 'unacked-but-kept'),
    score('stale reads', board.staleReads, true, 'stale-read'),
    score('refused at a live node', board.refusedAtLiveNode, true, 'refused-at-live-node'),
    score('dirty reads', board.dirtyReads, true, 'dirty-read'),
  ]
}

/**
 * What the verdict pane shows of a session. The verdicts come from outside, for they cost: ask `session.verdicts(budget)` when the
 * history has changed, not with every frame.
 */
export const verdictScene = (session: Session, verdicts: readonly Verdict[], selected: number | null): VerdictView => ({
  judgements: [...verdicts.map(judgementOf), convergence(session)],
  scores: scoresOf(session),
  findings: findingsOf(session.phenomena),
  selected,
})
