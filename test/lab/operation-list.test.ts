import fc from 'fast-check'
import { expect, it } from 'vitest'
import { nodeId, requestId } from '../../src/kernel/ids.ts'
import type { Operation } from '../../src/kernel/operation.ts'
import { ChunkedList, GrowingList, type OperationList } from '../../src/lab/operation-list.ts'

const client = nodeId('c')
const operation = (ordinal: number, outcome: Operation['outcome']): Operation => ({
  id: requestId(client, ordinal),
  client,
  kind: 'write',
  key: 'x',
  input: ordinal,
  output: null,
  outcome,
  invokedUs: ordinal,
  returnedUs: outcome === 'ok' ? ordinal + 1 : null,
})

it('holds the same history in chunks as in one growing array, and old lists stay as they were', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ open: fc.boolean(), ask: fc.boolean(), which: fc.nat(200) }), { maxLength: 400 }),
      steps => {
        let chunked: OperationList = new ChunkedList()
        let growing: OperationList = new GrowingList()
        const kept: { readonly list: OperationList; readonly history: readonly Operation[] }[] = []
        let opened = 0
        for (const { open, ask, which } of steps) {
          const change = (list: OperationList): OperationList =>
            open || opened === 0
              ? list.opened(operation(opened, 'unknown'))
              : list.closed(operation(which % opened, 'ok'))
          chunked = change(chunked)
          growing = change(growing)
          if (open || opened === 0) opened++
          if (ask) kept.push({ list: chunked, history: [...growing.history()] })
        }
        expect(chunked.history()).toEqual(growing.history())
        expect(chunked.length).toBe(growing.length)
        for (const { list, history } of kept) expect(list.history()).toEqual(history)
      },
    ),
    { seed: 1, numRuns: 50 },
  )
})
