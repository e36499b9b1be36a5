import type { Question } from '../check/command.ts'
import type { ModelName } from '../check/model.ts'

/** What the command line offers; the checkers themselves are loaded only to check. */
export const checkModels = ['register', 'cas-register', 'kv', 'counter', 'set'] as const
export const checkConsistencies: readonly Question[] = ['linearizable', 'sequential', 'causal', 'sessions']

/** The checker's model: its register knows cas, as Jepsen's and Knossos's cas-register does. */
export const modelNamed = (name: (typeof checkModels)[number]): ModelName =>
  name === 'cas-register' ? 'register' : name

/** `netsplit check`. */
export interface CheckInvocation {
  readonly kind: 'check'
  /** `-` for standard input. */
  readonly file: string
  /** Null: the operations decide. */
  readonly model: (typeof checkModels)[number] | null
  readonly initial: string | null
  readonly independent: boolean
  readonly consistency: Question
  readonly format: 'text' | 'json'
}
