import type { NodeId } from '../kernel/ids.ts'
import type { ConfigDoc } from './config-doc.ts'
import { type RetryPolicy, retryDefaults, retryDocs } from './retry-policy.ts'
import { type QueueConfig, queueDefaults, queueDocs } from './work-queue.ts'

/** The knobs of a layer: its own queue, and its policy as a client of the layer behind. */
export type ServiceConfig = QueueConfig &
  RetryPolicy & {
    /** The nodes of the layer behind, in the order in which they are asked. */
    readonly downstream: readonly NodeId[]
    /** After an attempt without an answer it asks the next of them. */
    readonly failover: boolean
    /** A read that got no answer from behind is answered with the last value seen of its key, however old. */
    readonly fallback: boolean
  }

export const serviceDefaults: ServiceConfig = {
  ...queueDefaults,
  ...retryDefaults,
  downstream: [],
  failover: true,
  fallback: false,
}

export const serviceDocs: readonly ConfigDoc[] = [
  { key: 'downstream', kind: 'list', of: 'text', default: [], doc: 'The nodes of the layer behind, in this order.' },
  { key: 'failover', kind: 'boolean', default: true, doc: 'After an attempt without an answer it asks the next node.' },
  {
    key: 'fallback',
    kind: 'boolean',
    default: false,
    doc: 'Answers a read that got no answer from behind with the last value it saw.',
  },
  ...queueDocs,
  ...retryDocs,
]

/** The config with every default filled in. */
export const serviceConfig = (config: Partial<ServiceConfig> | null | undefined): ServiceConfig => ({
  ...serviceDefaults,
  ...config,
})
