import type { ConfigDoc } from './config-doc.ts'
import { type QueueConfig, queueDefaults, queueDocs } from './work-queue.ts'

/** The knobs of a single server. */
export type ServerConfig = QueueConfig & {
  /** Recognises a repeated operation by its idempotency key and gives the first answer again. */
  readonly deduplicate: boolean
  /** Carries out a client's numbered operations in their order: holds back what comes early, drops what it has had. */
  readonly inOrder: boolean
  /** How long it waits for a missing number before it passes over it; 0 for ever. */
  readonly gapMs: number
  /** Answers at all. */
  readonly acknowledge: boolean
}

export const serverDefaults: ServerConfig = {
  ...queueDefaults,
  deduplicate: false,
  inOrder: false,
  gapMs: 0,
  acknowledge: true,
}

export const serverDocs: readonly ConfigDoc[] = [
  {
    key: 'deduplicate',
    kind: 'boolean',
    default: false,
    doc: 'Recognises a repeated operation by its idempotency key and gives the first answer again.',
  },
  {
    key: 'inOrder',
    kind: 'boolean',
    default: false,
    doc: "Carries out a client's numbered operations in order; holds back what comes early, drops what it has had.",
  },
  { key: 'gapMs', kind: 'number', min: 0, default: 0, doc: 'How long it waits for a missing number; 0: for ever.' },
  { key: 'acknowledge', kind: 'boolean', default: true, doc: 'Answers at all.' },
  ...queueDocs,
]

/** The config with every default filled in. */
export const serverConfig = (config: Partial<ServerConfig> | null | undefined): ServerConfig => ({
  ...serverDefaults,
  ...config,
})
