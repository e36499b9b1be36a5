import type { NodeId } from '../kernel/ids.ts'
import type { ConfigDoc } from './config-doc.ts'

/** The knobs of a box on the way. */
export type MiddleboxConfig = {
  /** It stands before these servers, gives each new flow to the next of them, and keeps a table of flows. Empty: it passes packets on. */
  readonly servers: readonly NodeId[]
  /** A flow without a packet for so long is forgotten; 0 for never. */
  readonly idleTimeoutMs: number
  /** It answers a packet of a flow that it does not know with a reset; otherwise it drops it without a word. */
  readonly tells: boolean
  /** It drops the words "too big". */
  readonly filtersTooBig: boolean
  /** The link to this neighbour takes packets of up to `linkMtu` bytes only (which the lab's link must say as well: it drops them). */
  readonly narrowTo: NodeId | ''
  readonly linkMtu: number
  /** It says so when a packet is too big for that link. */
  readonly saysTooBig: boolean
  /** It lowers the MSS in the handshakes that it passes on to what that link takes. */
  readonly clampsMss: boolean
}

export const middleboxDefaults: MiddleboxConfig = {
  servers: [],
  idleTimeoutMs: 0,
  tells: false,
  filtersTooBig: false,
  narrowTo: '',
  linkMtu: 1500,
  saysTooBig: true,
  clampsMss: false,
}

export const middleboxDocs: readonly ConfigDoc[] = [
  {
    key: 'servers',
    kind: 'list',
    of: 'text',
    default: [],
    doc: 'It gives each new flow to the next of these, and keeps a table; empty: it passes packets on.',
  },
  { key: 'idleTimeoutMs', kind: 'number', min: 0, default: 0, doc: 'A flow idle for so long is forgotten; 0: never.' },
  { key: 'tells', kind: 'boolean', default: false, doc: 'It answers packets of unknown flows with a reset.' },
  { key: 'filtersTooBig', kind: 'boolean', default: false, doc: 'It drops the ICMP messages that say too big.' },
  {
    key: 'narrowTo',
    kind: 'text',
    default: '',
    doc: 'The neighbour behind a link with a smaller MTU; empty for none.',
  },
  { key: 'linkMtu', kind: 'number', integer: true, min: 100, default: 1500, doc: 'What that link takes, bytes.' },
  { key: 'saysTooBig', kind: 'boolean', default: true, doc: 'It says so when a packet is too big for that link.' },
  {
    key: 'clampsMss',
    kind: 'boolean',
    default: false,
    doc: 'It lowers the MSS in handshakes to what that link takes.',
  },
]

/** The config with every default filled in. */
export const middleboxConfig = (config: Partial<MiddleboxConfig> | null | undefined): MiddleboxConfig => ({
  ...middleboxDefaults,
  ...config,
})
