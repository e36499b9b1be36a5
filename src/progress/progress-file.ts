import { isUtf8 } from 'node:buffer'
import { type StoredEvent, uniteEvents } from '../course/progress-event.ts'
import type { Json } from '../kernel/json.ts'

/** Larger files are not read. A whole course makes well under one megabyte. */
export const progressFileLimit = 64 * 1024 * 1024

const family = 'netsplit-progress/'

/** The version of the file that this netsplit writes. Later versions of the same format may have more members. */
const fileVersion = 1

/**
 * What the progress file holds. One event stands on one line, so that a damaged file gives up what is whole.
 * `more` are members of a later version, which are kept.
 */
export interface ProgressDocument {
  readonly version: number
  /** The installation's own id; '' before the first write. */
  readonly installation: string
  /** Grows with every reset, so that another running copy does not bring the old events back. */
  readonly epoch: number
  readonly more: { readonly [member: string]: Json | undefined }
  readonly events: readonly StoredEvent[]
}

export type Decoded =
  | { readonly kind: 'whole'; readonly document: ProgressDocument }
  | { readonly kind: 'newer'; readonly format: string }
  /** `salvaged`: the events of the lines that are whole. `why` completes the sentence "The file ...". */
  | { readonly kind: 'damaged'; readonly why: string; readonly salvaged: readonly StoredEvent[] }

export const emptyDocument: ProgressDocument = {
  version: fileVersion,
  installation: '',
  epoch: 0,
  more: {},
  events: [],
}

const lines = new WeakMap<StoredEvent, string>()

const lineOf = (event: StoredEvent): string => {
  const known = lines.get(event)
  if (known !== undefined) return known
  const { id, ...rest } = event
  const line = JSON.stringify({ id, ...rest })
  lines.set(event, line)
  return line
}

/** The bytes of the file: JSON, one event a line. */
export const encodeProgress = (document: ProgressDocument): Buffer => {
  const { version, installation, epoch, more, events } = document
  const head = JSON.stringify({ format: `${family}1`, version, installation, epoch, ...more })
  return Buffer.from(`${head.slice(0, -1)},"events":[\n${events.map(lineOf).join(',\n')}\n]}\n`, 'utf8')
}

/** Reads the bytes of a progress file, an exported one too. Never throws. */
export const decodeProgress = (bytes: Buffer): Decoded => {
  if (bytes.length === 0) return { kind: 'damaged', why: 'is empty', salvaged: [] }
  const text = bytes.toString('utf8')
  if (!isUtf8(bytes)) return { kind: 'damaged', why: 'holds bytes that are no text', salvaged: salvage(text) }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { kind: 'damaged', why: 'is not whole', salvaged: salvage(text) }
  }
  if (!isRecord(value)) return { kind: 'damaged', why: 'is no progress file', salvaged: [] }
  const { format, version, installation, epoch, events, ...more } = value
  if (typeof format !== 'string' || !format.startsWith(family))
    return { kind: 'damaged', why: 'is no progress file', salvaged: [] }
  if (format !== `${family}1`) return { kind: 'newer', format }
  if (!Array.isArray(events) || !events.every(isStoredEvent))
    return { kind: 'damaged', why: 'holds something other than events', salvaged: salvage(text) }
  const document = {
    version: isCount(version) ? Math.max(version, fileVersion) : fileVersion,
    installation: typeof installation === 'string' ? installation : '',
    epoch: isCount(epoch) ? epoch : 0,
    more,
    events: uniteEvents([], events),
  }
  return { kind: 'whole', document }
}

const isRecord = (value: unknown): value is { readonly [member: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

const isStoredEvent = (value: unknown): value is StoredEvent =>
  isRecord(value) && typeof value.id === 'string' && value.id !== ''

const salvage = (text: string): StoredEvent[] =>
  text.split('\n').flatMap(line => {
    if (!line.startsWith('{"id":')) return []
    try {
      const event: unknown = JSON.parse(line.endsWith(',') ? line.slice(0, -1) : line)
      return isStoredEvent(event) ? [event] : []
    } catch {
      return []
    }
  })
