import type { ConfigDoc } from './config-doc.ts'

/** How a caller finds a service, and what it does with what it found. */
export type LocatorConfig = {
  /** By addresses written into its config, by asking for the name, or by being told of changes. */
  readonly finds: 'fixed' | 'asks' | 'watches'
  readonly name: string
  readonly addresses: readonly string[]
  /** The resolver that it asks, or the registry that it watches. */
  readonly directory: string
  /** Keeps an answer for its time to live, or for ever. */
  readonly cache: 'ttl' | 'forever'
  /** Goes on with an answer that ran out when nobody can be asked. */
  readonly keepStale: boolean
  /** Opens a connection for each call, or keeps them. */
  readonly pool: 'none' | 'kept'
  /** A kept connection is closed when it is so old; 0: never. */
  readonly maxAgeMs: number
  /** Looks whether who answers serves the name. */
  readonly checks: boolean
  /** Whose keys speak for a name, as `name=node`. */
  readonly trust: readonly string[]
  readonly timeoutMs: number
  /** After an attempt that came to nothing it tries so many more. */
  readonly retries: number
  /** An address that failed is left alone for so long, where there are others. */
  readonly avoidMs: number
  /** How often it renews its subscription. */
  readonly renewMs: number
}

export const locatorDefaults: LocatorConfig = {
  finds: 'fixed',
  name: '',
  addresses: [],
  directory: '',
  cache: 'ttl',
  keepStale: false,
  pool: 'none',
  maxAgeMs: 0,
  checks: false,
  trust: [],
  timeoutMs: 1000,
  retries: 0,
  avoidMs: 0,
  renewMs: 10_000,
}

export const locatorDocs: readonly ConfigDoc[] = [
  {
    key: 'finds',
    kind: 'choice',
    choices: ['fixed', 'asks', 'watches'],
    default: 'fixed',
    doc: 'Whom to call: fixed addresses, the answers of a resolver, or a list that a registry keeps up to date.',
  },
  { key: 'name', kind: 'text', default: '', doc: 'The service that it wants.' },
  { key: 'addresses', kind: 'list', of: 'text', default: [], doc: 'The fixed addresses.' },
  { key: 'directory', kind: 'text', default: '', doc: 'The resolver that it asks, or the registry that it watches.' },
  {
    key: 'cache',
    kind: 'choice',
    choices: ['ttl', 'forever'],
    default: 'ttl',
    doc: 'It keeps an answer for its time to live, or for ever.',
  },
  {
    key: 'keepStale',
    kind: 'boolean',
    default: false,
    doc: 'It goes on with an answer that ran out when nobody can be asked.',
  },
  {
    key: 'pool',
    kind: 'choice',
    choices: ['none', 'kept'],
    default: 'none',
    doc: 'It opens a connection for each call, or keeps them open and uses them again.',
  },
  { key: 'maxAgeMs', kind: 'number', min: 0, default: 0, doc: 'It closes a kept connection of this age; 0: never.' },
  { key: 'checks', kind: 'boolean', default: false, doc: 'It looks whether who answers serves the name it wants.' },
  { key: 'trust', kind: 'list', of: 'text', default: [], doc: 'Whose keys speak for a name, as name=node.' },
  { key: 'timeoutMs', kind: 'number', min: 0.001, default: 1000, doc: 'How long it waits in one attempt.' },
  {
    key: 'retries',
    kind: 'number',
    integer: true,
    min: 0,
    default: 0,
    doc: 'After an attempt that came to nothing it makes so many more.',
  },
  { key: 'avoidMs', kind: 'number', min: 0, default: 0, doc: 'It leaves an address that failed alone for so long.' },
  { key: 'renewMs', kind: 'number', min: 1, default: 10_000, doc: 'How often it renews its subscription.' },
]

/** The config with every default filled in. */
export const locatorConfig = (config: Partial<LocatorConfig> | null | undefined): LocatorConfig => ({
  ...locatorDefaults,
  ...config,
})
