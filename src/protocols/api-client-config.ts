import type { NodeId } from '../kernel/ids.ts'
import type { ConfigDoc } from './config-doc.ts'
import type { Format } from './payload.ts'

/** The knobs of a client of an API. */
export type ApiClientConfig = {
  /** The nodes that it may ask; it asks the first. */
  readonly servers: readonly NodeId[]
  /** Everything is in its own memory: it asks nobody. */
  readonly atHand: boolean
  /** Time of one item that is at hand, nanoseconds. */
  readonly localNs: number
  /** Items that a page is made of, and how many of them differ; 0: all. */
  readonly items: number
  readonly distinct: number
  /** Asks for an item once a page, however often the page needs it. */
  readonly coalesce: boolean
  /** Items in one call; 0: all. */
  readonly itemsPerCall: number
  /** Calls that may be under way at once. */
  readonly callsInFlight: number
  /** Each item names the next, so that nothing can be asked for before the last answer is there. */
  readonly chained: boolean
  /** One call made for the page: the server goes through the items itself. */
  readonly coarse: boolean
  /** Items of a screenful, which is all that is fetched; 0: everything. */
  readonly screenful: number
  readonly fields: readonly string[]
  readonly format: Format
  readonly gzip: boolean
  /** How long a page may be used again without asking; 0: never. */
  readonly cacheMs: number
  /** Asks, about a page that it has, whether it has changed. */
  readonly conditional: boolean
  /** Takes differences in place of whole answers. */
  readonly delta: boolean
  /** `new`: every page opens a connection; `kept`: one is open. */
  readonly connection: 'kept' | 'new'
  /** Round trips that opening takes. */
  readonly handshakes: number
  readonly headBytes: number
  /** It stands for many: every answer has a processor of its own to be read by. */
  readonly many: boolean
}

export const apiClientDefaults: ApiClientConfig = {
  servers: [],
  atHand: false,
  localNs: 100,
  items: 1,
  distinct: 0,
  coalesce: false,
  itemsPerCall: 1,
  callsInFlight: 1,
  chained: false,
  coarse: false,
  screenful: 0,
  fields: [],
  format: 'json',
  gzip: false,
  cacheMs: 0,
  conditional: false,
  delta: false,
  connection: 'kept',
  handshakes: 2,
  headBytes: 500,
  many: false,
}

const count = (key: keyof ApiClientConfig, min: number, def: number, doc: string): ConfigDoc => ({
  key,
  kind: 'number',
  integer: true,
  min,
  default: def,
  doc,
})
const flag = (key: keyof ApiClientConfig, doc: string): ConfigDoc => ({ key, kind: 'boolean', default: false, doc })

export const apiClientDocs: readonly ConfigDoc[] = [
  { key: 'servers', kind: 'list', of: 'text', default: [], doc: 'The nodes that it may ask; it asks the first.' },
  flag('atHand', 'Everything is in its own memory; it asks nobody.'),
  { key: 'localNs', kind: 'number', min: 0, default: 100, doc: 'Time of one item that is at hand, nanoseconds.' },
  count('items', 1, 1, 'Items that a page is made of.'),
  count('distinct', 0, 0, 'How many of them differ; 0: all.'),
  flag('coalesce', 'It asks for an item once a page, however often the page needs it.'),
  count('itemsPerCall', 0, 1, 'Items in one call; 0: all.'),
  count('callsInFlight', 1, 1, 'Calls that may be under way at once.'),
  flag('chained', 'Each item names the next, so it asks for one after the other.'),
  flag('coarse', 'One call made for the page: the server goes through the items itself.'),
  count('screenful', 0, 0, 'Items of a screenful, which is all that it fetches; 0: everything.'),
  { key: 'fields', kind: 'list', of: 'text', default: [], doc: 'The fields that it asks for; empty: all.' },
  {
    key: 'format',
    kind: 'choice',
    choices: ['json', 'binary'],
    default: 'json',
    doc: 'How answers are encoded.',
  },
  flag('gzip', 'It asks for compressed answers.'),
  {
    key: 'cacheMs',
    kind: 'number',
    min: 0,
    default: 0,
    doc: 'How long a page may be used again without asking; 0: never.',
  },
  flag('conditional', 'It asks, about a page that it has, whether it has changed.'),
  flag('delta', 'It takes differences in place of whole answers.'),
  {
    key: 'connection',
    kind: 'choice',
    choices: ['kept', 'new'],
    default: 'kept',
    doc: 'Whether a connection is open, or every page opens a new one.',
  },
  count('handshakes', 0, 2, 'Round trips that opening a connection takes.'),
  count('headBytes', 0, 500, 'Headers of a request, bytes.'),
  flag('many', 'It stands for many: every answer has a processor of its own to be read by.'),
]

/** The config with every default filled in. */
export const apiClientConfig = (config: Partial<ApiClientConfig> | null | undefined): ApiClientConfig => ({
  ...apiClientDefaults,
  ...config,
})
