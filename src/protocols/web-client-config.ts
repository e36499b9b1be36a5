import type { NodeId } from '../kernel/ids.ts'
import type { ConfigDoc } from './config-doc.ts'
import { ENCODINGS, type Encoding } from './text-encoding.ts'
import { type TransportConfig, transportDefaults, transportDocs } from './transport.ts'

/** The knobs of a web client. */
export type WebClientConfig = TransportConfig & {
  /** The boxes on its way, the nearest first. The last stands before the servers. */
  readonly via: readonly NodeId[]
  readonly timeoutMs: number
  /** It uses a connection again that has been idle for less; 0: a new one each time. */
  readonly keepAliveMs: number
  /** On an idle connection it sends a keep-alive so often; 0 for never. */
  readonly probeMs: number
  /** It asks once more, on a new connection, when the one it kept turns out to be reset (RFC 9110, section 9.2.2: GET and PUT are idempotent). */
  readonly retriesReset: boolean
  /** Its own encoding, ... */
  readonly charset: Encoding
  /** ... which it says with what it sends, ... */
  readonly declares: boolean
  /** ... and changes for one that the server reads, when it is told so. */
  readonly negotiates: boolean
  /** It sends the field that version 2 has added, ... */
  readonly newField: boolean
  /** ... to servers only that say that they are of version 2. */
  readonly detects: boolean
}

export const webClientDefaults: WebClientConfig = {
  ...transportDefaults,
  via: [],
  timeoutMs: 3000,
  keepAliveMs: 300_000,
  probeMs: 0,
  retriesReset: true,
  charset: 'utf-8',
  declares: false,
  negotiates: false,
  newField: false,
  detects: false,
}

export const webClientDocs: readonly ConfigDoc[] = [
  { key: 'via', kind: 'list', of: 'text', default: [], doc: 'The boxes on its way, the nearest first.' },
  { key: 'timeoutMs', kind: 'number', min: 0.001, default: 3000, doc: 'How long it waits for an answer.' },
  {
    key: 'keepAliveMs',
    kind: 'number',
    min: 0,
    default: 300_000,
    doc: 'It uses a connection again that has been idle for less; 0: a new one each time.',
  },
  {
    key: 'probeMs',
    kind: 'number',
    min: 0,
    default: 0,
    doc: 'It sends a keep-alive on an idle connection so often; 0: never.',
  },
  {
    key: 'retriesReset',
    kind: 'boolean',
    default: true,
    doc: 'It asks once more when a connection that it kept is reset.',
  },
  { key: 'charset', kind: 'choice', choices: ENCODINGS, default: 'utf-8', doc: 'Its own encoding.' },
  { key: 'declares', kind: 'boolean', default: false, doc: 'It says the encoding with what it sends.' },
  { key: 'negotiates', kind: 'boolean', default: false, doc: 'It changes to an encoding that the server reads.' },
  { key: 'newField', kind: 'boolean', default: false, doc: 'It sends the field that version 2 has added.' },
  { key: 'detects', kind: 'boolean', default: false, doc: 'It sends that field to servers of version 2 only.' },
  ...transportDocs,
]

/** The config with every default filled in. */
export const webClientConfig = (config: Partial<WebClientConfig> | null | undefined): WebClientConfig => ({
  ...webClientDefaults,
  ...config,
})
