import type { ConfigDoc } from './config-doc.ts'

/** The knobs of an API. */
export type ApiConfig = {
  /** What an item is made of: names, bytes of each as JSON, and what the bytes are (`payload.ts`). The three lists are equally long. */
  readonly fields: readonly string[]
  readonly fieldBytes: readonly number[]
  readonly fieldContents: readonly string[]
  /** Requests worked on at the same time; 0: any number. */
  readonly cores: number
  /** Processor time of a request apart from its body, and of finding an item, µs. */
  readonly callUs: number
  readonly itemUs: number
  /** Headers of an answer. */
  readonly headBytes: number
  /** The size of the difference between one version and the next. */
  readonly deltaBytes: number
  /** Keeps encoded answers and gives them again until the key is written. */
  readonly keepEncoded: boolean
  /** What one client may get in a second, bytes; 0: no limit. And how much at once after a pause. */
  readonly limitBytesPerS: number
  readonly limitBurstBytes: number
}

export const apiDefaults: ApiConfig = {
  fields: ['all'],
  fieldBytes: [100],
  fieldContents: ['json'],
  cores: 0,
  callUs: 0,
  itemUs: 0,
  headBytes: 500,
  deltaBytes: 200,
  keepEncoded: false,
  limitBytesPerS: 0,
  limitBurstBytes: 1_000_000,
}

export const apiDocs: readonly ConfigDoc[] = [
  { key: 'fields', kind: 'list', of: 'text', default: ['all'], doc: 'The fields of an item.' },
  { key: 'fieldBytes', kind: 'list', of: 'number', default: [100], doc: 'Bytes of each field as JSON.' },
  {
    key: 'fieldContents',
    kind: 'list',
    of: 'text',
    default: ['json'],
    doc: 'What each field is: json, text, base64 or sealed.',
  },
  { key: 'cores', kind: 'number', integer: true, min: 0, default: 0, doc: 'Processor cores; 0: any number.' },
  { key: 'callUs', kind: 'number', min: 0, default: 0, doc: 'Processor time of a request apart from its body, µs.' },
  { key: 'itemUs', kind: 'number', min: 0, default: 0, doc: 'Processor time of finding one item, µs.' },
  { key: 'headBytes', kind: 'number', integer: true, min: 0, default: 500, doc: 'Headers of an answer, bytes.' },
  {
    key: 'deltaBytes',
    kind: 'number',
    integer: true,
    min: 0,
    default: 200,
    doc: 'Bytes of the difference between a version and the next.',
  },
  {
    key: 'keepEncoded',
    kind: 'boolean',
    default: false,
    doc: 'It keeps encoded answers and gives them again until the key is written.',
  },
  {
    key: 'limitBytesPerS',
    kind: 'number',
    min: 0,
    default: 0,
    doc: 'Bytes that one client may get in a second; 0: no limit.',
  },
  {
    key: 'limitBurstBytes',
    kind: 'number',
    min: 1,
    default: 1_000_000,
    doc: 'Bytes that it may get at once after a pause.',
  },
]

/** The config with every default filled in. */
export const apiConfig = (config: Partial<ApiConfig> | null | undefined): ApiConfig => ({ ...apiDefaults, ...config })
