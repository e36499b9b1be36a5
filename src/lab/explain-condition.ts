import { assertNever } from '../kernel/assert-never.ts'
import type { Operation } from '../kernel/operation.ts'
import type { Condition } from './condition.ts'
import { type ConditionScene, conditionHolds, operationKinds, sightingsOf } from './condition-holds.ts'
import { printCondition } from './condition-text.ts'
import { picksOperation, printOperationPick } from './operation-pick.ts'

type Of<Type extends Condition['type']> = Extract<Condition, { readonly type: Type }>

const shown = (op: Operation): string => {
  const gaveUp = op.gaveUpUs !== null && op.gaveUpUs !== undefined
  const how =
    op.outcome === 'unknown' ? (gaveUp ? 'has no answer and gave up' : 'has no answer yet') : `ended ${op.outcome}`
  return `${op.id} (${op.kind} ${op.key}) ${how}`
}

const whySee = (c: Of<'see'>, scene: ConditionScene): string => {
  const all = scene.sightings(c.phenomenon)
  const fitting = sightingsOf(c, scene).length
  const min = c.min ?? 1
  if (all.length === 0) return `no ${c.phenomenon} was seen`
  if (fitting === 0)
    return `${c.phenomenon} was seen, but not as asked (${printCondition(c)}): ${all[0]?.evidence ?? ''}`
  return `${c.phenomenon} was seen ${fitting} of ${min} times`
}

const whyOperation = (c: Of<'operation'>, scene: ConditionScene): string => {
  const kinds = operationKinds(scene.history)
  const own = scene.history.filter(op => picksOperation(c.pick, op.id, kinds))
  if (own.length === 0) return `there was no ${printOperationPick(c.pick)}`
  return `${own.slice(0, 3).map(shown).join(', ')}${own.length > 3 ? `, and ${own.length - 3} more` : ''}, not ${printCondition(c)}`
}

/** Why the condition does not hold at this moment, in words. Empty where it holds. */
export const whyNot = (c: Condition, scene: ConditionScene): string => {
  if (conditionHolds(c, scene)) return ''
  switch (c.type) {
    case 'see':
      return whySee(c, scene)
    case 'operation':
      return whyOperation(c, scene)
    case 'all':
      return c.of
        .map(part => whyNot(part, scene))
        .filter(why => why !== '')
        .join('; ')
    case 'any':
      return c.of.map(part => whyNot(part, scene)).join(', and ')
    case 'not':
      return `it holds that ${printCondition(c.of)}`
    case 'measure':
      return `${printCondition(c)} is wanted, but it is ${scene.measure(c.measure) ?? 'not measured'}`
    case 'verdict':
      return `the checker says ${scene.verdict(c.consistency)}, not ${c.answer}, to ${c.consistency}`
    case 'knob':
      return `the knob ${c.knob} stands at ${scene.settings[c.knob] ?? 'nothing'}, not ${c.value}`
    case 'did':
      return `no ${c.verb} was carried out`
    case 'is':
    case 'has':
    case 'shows':
    case 'message':
    case 'faulty':
    case 'ended':
      return `${printCondition(c)} did not hold`
    default:
      return assertNever(c)
  }
}
