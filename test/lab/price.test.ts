import { expect, test } from 'vitest'
import { createLaboratory, labOf } from '../../src/course/laboratory.ts'
import { parseLab } from '../../src/course/parse-lesson.ts'
import { parseCommands } from '../../src/lab/command-text.ts'
import { readMeasure } from '../../src/lab/read-measure.ts'
import { runLab } from '../../src/lab/run-lab.ts'

// One page of a gigabyte, so that a price for each GB is the cost.

const text = (of: string): string => `
about: A price a gigabyte.
nodes: { app: { role: page }, store: { role: store } }
roles:
  page: { protocol: api-client, kind: client, config: { servers: [store], headBytes: 1000000 } }
  store: { protocol: api, config: { fieldBytes: [1000000000], fieldContents: [sealed], headBytes: 0, callUs: 3600000 } }
untilMs: 60000
prices: { asOf: 2026-11, source: made up, of: ${of} }
`
const lab = (of: string) =>
  labOf(parseLab({ file: 'lab.yaml', text: text(of) }, { id: 'price', title: 'Price' }, createLaboratory()))

const costOf = (of: string, measure = 'cost'): number | null =>
  runLab(lab(of), 1, parseCommands('read(app page)@0'), { budget: 0 }).scene.measure(readMeasure(measure, []))

test('bytes are billed by the link that they are sent over, one way', () => {
  expect(costOf('{ out: { say: out, usd: 0.09, per: GB, links: [store>app] } }')).toBeCloseTo(0.09, 6)
  expect(costOf('{ in: { say: in, usd: 1, per: GB, links: [app>store] } }')).toBeCloseTo(0.001, 6)
})

test('a link may be billed twice, and one price can be asked for alone', () => {
  const both =
    '{ a: { say: a, usd: 0.01, per: GB, links: [store>app] }, b: { say: b, usd: 0.01, per: GB, links: [store>app] } }'
  expect(costOf(both)).toBeCloseTo(0.02, 6)
  expect(costOf(both, 'cost of a')).toBeCloseTo(0.01, 6)
})

test('processors are billed by the hour, calls by the million', () => {
  // 3.6 s of processor for the call, 0.1 s for the body.
  expect(costOf('{ cpu: { say: cpu, usd: 1000, per: hour, nodes: [store] } }')).toBeCloseTo(3.7 / 3.6, 2)
  expect(costOf('{ calls: { say: calls, usd: 5, per: million, nodes: [store] } }')).toBeCloseTo(0.000005, 9)
})

test.each([
  ['{ a: { say: a, usd: 1, per: GB, nodes: [store] } }', /links/],
  ['{ a: { say: a, usd: 1, per: hour, links: [store>app] } }', /nodes/],
  ['{ a: { say: a, usd: 1, per: GB, links: [store>nobody] } }', /nobody/],
  ['{ a: { say: a, usd: 1, per: GB, links: ["store|app"] } }', /n1>n2/],
])('%s is refused', (of, why) => {
  expect(() => lab(of)).toThrow(why)
})
