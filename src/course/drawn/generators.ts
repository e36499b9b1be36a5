import type { Generator } from './drawn-item.ts'
import { linearizableItems } from './linearizable-item.ts'
import { whatReadsItems } from './what-reads-item.ts'
import { whoAcceptsItems } from './who-accepts-item.ts'

/** All that draw questions from fresh runs. */
export const generators: readonly Generator[] = [linearizableItems, whoAcceptsItems, whatReadsItems]
