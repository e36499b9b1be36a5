import type { DrawnItem, Generator } from './drawn-item.ts'
import type { DrawnKind } from './kinds.ts'
import { linearizableItems } from './linearizable-item.ts'
import { whatReadsItems } from './what-reads-item.ts'
import { whoAcceptsItems } from './who-accepts-item.ts'

/** All that draw questions from fresh runs. */
export const generators: readonly Generator[] = [linearizableItems, whoAcceptsItems, whatReadsItems]

/** The question of a kind that a seed gives. */
export const drawItem = (kind: DrawnKind, seed: number): DrawnItem => {
  const generator = generators.find(({ name }) => name === kind)
  if (!generator) throw new Error(`nothing draws questions of the kind ${kind}`)
  return generator.draw(seed)
}
