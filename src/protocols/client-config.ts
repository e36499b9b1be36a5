import type { NodeId } from '../kernel/ids.ts'
import type { ConfigDoc } from './config-doc.ts'
import { type RetryPolicy, retryDefaults, retryDocs } from './retry-policy.ts'

/** The knobs of a client. */
export type ClientConfig = RetryPolicy & {
  /** The nodes that it may ask, in this order. */
  readonly servers: readonly NodeId[]
  /** The node that it sits beside: asked first. Empty for none. */
  readonly at: NodeId | ''
  /** It asks `at` only. */
  readonly stick: boolean
  /** After an attempt without an answer it asks the next server. */
  readonly failover: boolean
  /** It asks the node that an answer names instead. */
  readonly followRedirects: boolean
  /** Numbers its operations (`Call.session`), so that a server can recognise a repeated attempt and the order. */
  readonly idempotencyKeys: boolean
  /** Sends an operation at once, though earlier ones are open. Otherwise one at a time. */
  readonly pipeline: boolean
  /** Sends its clock's time of each operation along (`Call.stampUs`). */
  readonly stampWrites: boolean
}

export const clientDefaults: ClientConfig = {
  ...retryDefaults,
  servers: [],
  at: '',
  stick: false,
  failover: true,
  followRedirects: true,
  idempotencyKeys: false,
  pipeline: true,
  stampWrites: false,
}

export const clientDocs: readonly ConfigDoc[] = [
  { key: 'servers', kind: 'list', of: 'text', default: [], doc: 'The nodes that it may ask, in this order.' },
  { key: 'at', kind: 'text', default: '', doc: 'The node that it sits beside and asks first; empty for none.' },
  { key: 'stick', kind: 'boolean', default: false, doc: 'It asks the node of at only.' },
  {
    key: 'failover',
    kind: 'boolean',
    default: true,
    doc: 'After an attempt without an answer it asks the next server.',
  },
  {
    key: 'followRedirects',
    kind: 'boolean',
    default: true,
    doc: 'It asks the node that an answer names instead.',
  },
  {
    key: 'idempotencyKeys',
    kind: 'boolean',
    default: false,
    doc: 'It numbers its operations, so that a server can recognise a repeated attempt and the order.',
  },
  {
    key: 'pipeline',
    kind: 'boolean',
    default: true,
    doc: 'It sends an operation at once, though earlier ones are open; otherwise one at a time.',
  },
  {
    key: 'stampWrites',
    kind: 'boolean',
    default: false,
    doc: 'It sends the time on its own clock along, for stores whose last write wins.',
  },
  ...retryDocs,
]

/** The config with every default filled in. */
export const clientConfig = (config: Partial<ClientConfig> | null | undefined): ClientConfig => ({
  ...clientDefaults,
  ...config,
})
