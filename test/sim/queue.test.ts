import fc from 'fast-check'
import { expect, it } from 'vitest'
import { nodeId } from '../../src/kernel/ids.ts'
import { pop, push, removeAll, removeAt } from '../../src/sim/queue.ts'
import type { Entry } from '../../src/sim/world.ts'

const entry = (us: number, seq: number): Entry => ({
  us,
  seq,
  due: { type: 'timer', node: nodeId('n1'), timer: `${seq}` },
})
const sorted = (entries: readonly Entry[]): Entry[] => entries.toSorted((a, b) => a.us - b.us || a.seq - b.seq)

it('gives its entries in the order of time and then of asking, whatever is added and taken out', () => {
  const work = fc.array(
    fc.oneof(
      fc.record({ add: fc.nat(20) }),
      fc.record({ pop: fc.constant(true) }),
      fc.record({ removeAt: fc.nat(30) }),
      fc.record({ removeUs: fc.nat(20) }),
    ),
  )
  fc.assert(
    fc.property(work, steps => {
      const heap: Entry[] = []
      let model: Entry[] = []
      steps.forEach((step, seq) => {
        if ('add' in step) {
          push(heap, entry(step.add, seq))
          model = sorted([...model, entry(step.add, seq)])
        } else if ('pop' in step) {
          expect(pop(heap)).toEqual(model.shift())
        } else if ('removeAt' in step) {
          if (step.removeAt >= heap.length) return
          const gone = heap[step.removeAt]
          removeAt(heap, step.removeAt)
          model = model.filter(each => each.seq !== gone?.seq)
        } else {
          const gone = new Set(model.filter(each => each.us === step.removeUs).map(each => `${each.seq}`))
          removeAll(heap, due => due.type === 'timer' && gone.has(due.timer))
          model = model.filter(each => each.us !== step.removeUs)
        }
      })
      const drained: Entry[] = []
      for (let first = pop(heap); first !== undefined; first = pop(heap)) drained.push(first)
      expect(drained).toEqual(model)
    }),
    { seed: 3, numRuns: 500 },
  )
})
