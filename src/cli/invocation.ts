import type { GlobalOptions, RunFormat, TutorStart } from './actions.ts'
import type { CheckInvocation } from './check-invocation.ts'

export type ProgressInvocation =
  | { readonly kind: 'show' }
  | { readonly kind: 'export'; readonly file: string; readonly force: boolean }
  | { readonly kind: 'import'; readonly file: string }
  | { readonly kind: 'reset'; readonly yes: boolean }

/** What a command line asks for, with every word of it checked that can be checked without looking anywhere. */
export type Invocation =
  | { readonly kind: 'tutor'; readonly start: TutorStart }
  | { readonly kind: 'list'; readonly json: boolean }
  | { readonly kind: 'labs' }
  | {
      readonly kind: 'run'
      readonly what: string
      readonly seed: number | null
      /** Knobs, `policy=AP conflict=siblings`. */
      readonly settings: string | null
      readonly commands: string | null
      readonly format: RunFormat
    }
  | CheckInvocation
  | { readonly kind: 'progress'; readonly action: ProgressInvocation }
  | { readonly kind: 'completion' }
  /** Help or the version: the text is all there is to do. */
  | { readonly kind: 'print'; readonly text: string }

export interface CommandLine {
  readonly options: GlobalOptions
  readonly invocation: Invocation
}
