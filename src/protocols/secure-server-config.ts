import type { ConfigDoc } from './config-doc.ts'
import { type Encryption, encryptions } from './secure-wire.ts'

/** How a service tells a request that is asked now from a recording. */
export type Freshness = 'none' | 'window' | 'nonce' | 'both'

/** The bolts on the door of a service. */
export type SecureServerConfig = {
  /** The service's name, in its certificate and in requests meant for it; empty: the node's own. */
  readonly name: string
  /** The least that a request must have around it. */
  readonly encryption: Encryption
  /** Requests must be signed by those in whose name they come. */
  readonly signatures: boolean
  /** Whose signatures count; empty: everybody's. */
  readonly members: readonly string[]
  readonly freshness: Freshness
  /** How far a request's time may lie from the server's clock. */
  readonly windowMs: number
  /** How long a nonce is remembered. */
  readonly rememberMs: number
  /** Who may do what, as `who:kind`; `*` for anybody and anything. What no rule covers is refused. */
  readonly policy: readonly string[]
  /** Amounts must be whole, positive and at most `most`. */
  readonly validate: boolean
  readonly most: number
  /** After so many refusals an alarm goes off; 0: never. */
  readonly alarmAfter: number
  /** What it holds from the start, as `key=text`. */
  readonly holds: readonly string[]
}

export const secureServerDefaults: SecureServerConfig = {
  name: '',
  encryption: 'none',
  signatures: false,
  members: [],
  freshness: 'none',
  windowMs: 1000,
  rememberMs: 2000,
  policy: ['*:*'],
  validate: false,
  most: 1000,
  alarmAfter: 0,
  holds: [],
}

export const secureServerDocs: readonly ConfigDoc[] = [
  { key: 'name', kind: 'text', default: '', doc: "The service's name; empty: the node's own." },
  {
    key: 'encryption',
    kind: 'choice',
    choices: encryptions,
    default: 'none',
    doc: 'The least that a request must have around it: nothing, a box, a connection with numbered records.',
  },
  {
    key: 'signatures',
    kind: 'boolean',
    default: false,
    doc: 'Requests must be signed by those in whose name they come.',
  },
  { key: 'members', kind: 'list', of: 'text', default: [], doc: 'Whose signatures count; empty: those of everybody.' },
  {
    key: 'freshness',
    kind: 'choice',
    choices: ['none', 'window', 'nonce', 'both'],
    default: 'none',
    doc: 'How a recording is told from a new request: by its time, by a number used once, or by both.',
  },
  {
    key: 'windowMs',
    kind: 'number',
    min: 0,
    default: 1000,
    doc: "How far a request's time may lie from the server's clock.",
  },
  { key: 'rememberMs', kind: 'number', min: 0, default: 2000, doc: 'How long a number used once is remembered.' },
  {
    key: 'policy',
    kind: 'list',
    of: 'text',
    default: ['*:*'],
    doc: 'Who may do what, as who:kind with * for any; the rest is refused.',
  },
  {
    key: 'validate',
    kind: 'boolean',
    default: false,
    doc: 'Amounts that are added must be whole, positive and at most most.',
  },
  { key: 'most', kind: 'number', min: 1, default: 1000, doc: 'The largest amount that validate lets through.' },
  {
    key: 'alarmAfter',
    kind: 'number',
    integer: true,
    min: 0,
    default: 0,
    doc: 'After so many refusals an alarm goes off; 0: never.',
  },
  { key: 'holds', kind: 'list', of: 'text', default: [], doc: 'What it holds from the start, as key=text.' },
]

/** The config with every default filled in. */
export const secureServerConfig = (config: Partial<SecureServerConfig> | null | undefined): SecureServerConfig => ({
  ...secureServerDefaults,
  ...config,
})
