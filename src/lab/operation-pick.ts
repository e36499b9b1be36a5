import type { OperationKind } from '../kernel/operation.ts'
import type { Scanner } from './scanner.ts'

/** Which operations are meant: all of a client's, those of one kind, or one of them counted from 1: `alice`, `alice.write`, `alice.write#2`. */
export interface OperationPick {
  readonly client: string
  readonly kind?: OperationKind
  /** Counts the client's operations, or those of `kind` where it is given. */
  readonly nth?: number
}

export const OPERATION_KINDS: readonly OperationKind[] = ['read', 'write', 'cas', 'get', 'put', 'append', 'add', 'txn']

export const scanOperationPick = (scanner: Scanner): OperationPick => {
  const client = scanner.word('a client')
  const at = scanner.at
  const word = scanner.eat('.') ? scanner.word('the kind of operation') : undefined
  const kind = OPERATION_KINDS.find(one => one === word)
  if (word !== undefined && kind === undefined) {
    scanner.fail(`"${word}" is no kind of operation; there are ${OPERATION_KINDS.join(', ')}.`, at + 1)
  }
  const nth = scanner.eat('#') ? scanner.number('the number of the operation') : undefined
  if (nth !== undefined && (!Number.isInteger(nth) || nth < 1)) {
    scanner.fail('operations are counted 1, 2, 3, ...', at)
  }
  return { client, ...(kind === undefined ? {} : { kind }), ...(nth === undefined ? {} : { nth }) }
}

export const printOperationPick = ({ client, kind, nth }: OperationPick): string =>
  `${client}${kind === undefined ? '' : `.${kind}`}${nth === undefined ? '' : `#${nth}`}`

/** Whether the operation named `id` (`alice#3`) is one of those meant. */
export const picksOperation = (
  pick: OperationPick,
  id: string,
  kinds: (id: string) => { readonly kind: OperationKind; readonly nthOfKind: number } | undefined,
): boolean => {
  const hash = id.lastIndexOf('#')
  if (id.slice(0, hash) !== pick.client) return false
  if (pick.kind === undefined) return pick.nth === undefined || Number(id.slice(hash + 1)) === pick.nth
  const known = kinds(id)
  return known?.kind === pick.kind && (pick.nth === undefined || known.nthOfKind === pick.nth)
}
