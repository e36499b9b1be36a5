import type { ConfigDoc } from './config-doc.ts'
import { ENCODINGS, type Encoding } from './text-encoding.ts'
import { type TransportConfig, transportDefaults, transportDocs } from './transport.ts'

/** The knobs of a web server. */
export type WebServerConfig = TransportConfig & {
  /** Version 2 knows a field that version 1 does not. */
  readonly version: 1 | 2
  /** Of what it does not know: it refuses the request, or passes over the field ("must ignore"). */
  readonly unknownFields: 'refused' | 'ignored'
  /** Its own encoding: what it takes bytes for when nobody says, and what it answers in. */
  readonly charset: Encoding
  /** The encodings that it can read. */
  readonly reads: readonly Encoding[]
  /** It says its encoding with an answer. */
  readonly declares: boolean
  /** The answer to a GET of `report`, bytes. */
  readonly largeBytes: number
}

export const webServerDefaults: WebServerConfig = {
  ...transportDefaults,
  version: 1,
  unknownFields: 'refused',
  charset: 'utf-8',
  reads: ['utf-8'],
  declares: false,
  largeBytes: 6000,
}

export const webServerDocs: readonly ConfigDoc[] = [
  { key: 'version', kind: 'number', integer: true, min: 1, max: 2, default: 1, doc: 'Version 2 knows one field more.' },
  {
    key: 'unknownFields',
    kind: 'choice',
    choices: ['refused', 'ignored'],
    default: 'refused',
    doc: 'Whether it refuses a request with a field that it does not know, or passes over the field.',
  },
  { key: 'charset', kind: 'choice', choices: ENCODINGS, default: 'utf-8', doc: 'Its own encoding.' },
  { key: 'reads', kind: 'list', of: 'text', default: ['utf-8'], doc: 'The encodings that it can read.' },
  { key: 'declares', kind: 'boolean', default: false, doc: 'It says its encoding with an answer.' },
  {
    key: 'largeBytes',
    kind: 'number',
    integer: true,
    min: 1,
    default: 6000,
    doc: 'The size of its answer to a GET of report, bytes.',
  },
  ...transportDocs,
]

/** The config with every default filled in. */
export const webServerConfig = (config: Partial<WebServerConfig> | null | undefined): WebServerConfig => ({
  ...webServerDefaults,
  ...config,
})
