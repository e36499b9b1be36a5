import { type ClaimFigure, type ClaimResult, checkClaim, claimFigure } from '../lab/claim.ts'
import type { LabDefinition } from '../lab/definition.ts'
import type { Claim, Lab } from '../lab/lab.ts'
import { resolveLab } from '../lab/resolve-lab.ts'
import { protocols } from '../protocols/registry.ts'
import type { Laboratory } from './parse-lesson.ts'

/** A lab that can be run, with the protocols of this netsplit. Throws LabError. */
export const labOf = (definition: LabDefinition): Lab => resolveLab(definition, protocols)

const figures: readonly ClaimFigure[] = ['value', 'hits', 'seeds', 'percent', 'low', 'high']

/** A number as prose prints it: three significant digits and no more, none after the point from 100 on, thousands parted from 10,000 on. */
const printed = (value: number): string => {
  if (!Number.isInteger(value) && Math.abs(value) < 100) return String(Number(value.toPrecision(3)))
  const whole = value.toFixed(0)
  return Math.abs(value) < 10_000 ? whole : whole.replace(/\B(?=(\d{3})+$)/g, ',')
}

/** A laboratory that remembers what came of claims, so that quoting one and proving it make its runs once. */
export interface RememberingLaboratory extends Laboratory {
  prove(lab: Lab, claim: Claim): ClaimResult
}

/** The laboratory for parsing lessons. */
export const createLaboratory = (): RememberingLaboratory => {
  const results = new Map<string, ClaimResult>()
  const prove = (lab: Lab, claim: Claim): ClaimResult => {
    const key = `${lab.id} ${claim.id}`
    const result = results.get(key) ?? checkClaim(lab, claim)
    results.set(key, result)
    return result
  }
  return {
    prove,
    check: definition => {
      labOf(definition)
    },
    quote: (definition, id, field) => {
      const [figure = '', label] = field.split(':')
      const known = figures.find(candidate => candidate === figure)
      if (!known) throw new Error(`a claim has no figure "${figure}"; it has ${figures.join(', ')}`)
      const lab = labOf(definition)
      const claim = lab.claims.find(candidate => candidate.id === id)
      if (!claim)
        throw new Error(
          `the lab has no claim "${id}"; it has ${lab.claims.map(candidate => candidate.id).join(', ') || 'none'}`,
        )
      const result = prove(lab, claim)
      if (!result.holds) throw new Error(result.sentence)
      const value = claimFigure(result, known, label)
      if (value === null)
        throw new Error(
          `the claim ${id} measures no ${known}${label === undefined ? '' : ` of ${label}`}; give it a measure`,
        )
      return printed(value)
    },
  }
}
