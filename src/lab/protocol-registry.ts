import type { Json } from '../kernel/json.ts'
import type { AnyProtocol } from '../kernel/protocol.ts'
import type { DefinitionPath } from './lab-error.ts'

/** What a lab must know of a protocol. */
export interface ProtocolEntry {
  readonly protocol: AnyProtocol
  /** The names of its options. */
  readonly options: readonly string[]
  /** The first thing wrong with a config, in one sentence with the remedy; null when it is right. */
  check(config: { readonly [option: string]: Json }): { readonly path: DefinitionPath; readonly message: string } | null
}

/** Protocols by name. */
export type ProtocolRegistry = ReadonlyMap<string, ProtocolEntry>
