import { z } from 'zod'
import type { Json } from '../kernel/json.ts'
import type { LabDefinition } from '../lab/definition.ts'

const json: z.ZodType<Json> = z.json()
const config = z.record(z.string(), json)

const distribution: z.ZodType = z.lazy(() =>
  z.union([
    z.number().min(0),
    z.strictObject({ constant: z.number().min(0) }),
    z.strictObject({ uniform: z.strictObject({ min: z.number().min(0), max: z.number().min(0) }) }),
    z.strictObject({ normal: z.strictObject({ mean: z.number(), sd: z.number().min(0) }) }),
    z.strictObject({ exponential: z.strictObject({ mean: z.number().min(0) }) }),
    z.strictObject({ pareto: z.strictObject({ scale: z.number().min(0), shape: z.number().min(0) }) }),
    z.strictObject({ mixture: z.array(z.strictObject({ weight: z.number().min(0), of: distribution })).min(1) }),
    z.strictObject({ empirical: z.array(z.number().min(0)).min(1) }),
  ]),
)

const share = z.number().min(0).max(1)

const linkMembers = {
  latencyMs: distribution,
  minMs: z.number().min(0),
  loss: share,
  duplicate: share,
  reorder: share,
  reorderMs: z.number().min(0),
  fifo: z.boolean(),
  bandwidth: z.number().positive().nullable(),
  queueBytes: z.number().min(0).nullable(),
  mtu: z.number().positive().nullable(),
  line: z.string().nullable(),
}
const link = z.strictObject(linkMembers).partial()

const network = z
  .strictObject({
    ...linkMembers,
    places: z.record(z.string(), z.array(z.string())),
    between: z.record(z.string(), link),
    links: z.record(z.string(), link),
    local: link,
  })
  .partial()

const node = z.strictObject({
  role: z.string(),
  config: config.optional(),
  at: z.string().optional(),
  clock: z.strictObject({ offsetMs: z.number(), ratePpm: z.number() }).partial().optional(),
  syncMs: distribution.optional(),
  inboxLimit: z.number().int().min(1).optional(),
})

const role = z.strictObject({
  protocol: z.string(),
  config: config.optional(),
  kind: z.enum(['server', 'client']).optional(),
})

const patch = z
  .strictObject({
    roles: z.record(z.string(), z.strictObject({ protocol: z.string(), config }).partial()),
    nodes: z.record(z.string(), z.strictObject({ config })),
    network: link,
    links: z.record(z.string(), link),
    without: z.array(z.string()),
    label: z.string(),
  })
  .partial()

const letter = z.string().length(1, 'a key is one character')

const knob = z.strictObject({
  key: letter.optional(),
  label: z.string().optional(),
  initial: z.string().optional(),
  values: z.record(z.string(), patch),
})

const workload = z.strictObject({
  clients: z.array(z.string()).min(1),
  ratePerS: z.number().positive().optional(),
  every: z.enum(['even', 'random']).optional(),
  thinkMs: distribution.optional(),
  mix: z.record(z.string(), z.number().min(0)),
  keys: z.array(z.string()).min(1),
  startMs: z.number().min(0).optional(),
  endMs: z.number().min(0).optional(),
  count: z.number().int().min(1).optional(),
})

const runMembers = {
  knobs: z.record(z.string(), z.string()).optional(),
  do: z.string().optional(),
  seed: z.number().int().min(0).optional(),
  untilMs: z.number().positive().optional(),
  over: z.record(z.string(), z.array(z.string()).min(1)).optional(),
}
const run = z.strictObject(runMembers)

const id = z.string().regex(/^[a-z0-9-]+$/, 'an id has lower-case letters, digits and dashes')

const view = z.enum(['cluster', 'space-time', 'verdict', 'numbers'])

const prediction = z.strictObject({
  id,
  ask: z.string().min(1),
  run,
  watch: view.optional(),
  options: z
    .array(
      z.strictObject({
        say: z.string().min(1),
        why: z.string().min(1),
        truth: json.optional(),
        misconceptions: z.array(z.string()).optional(),
      }),
    )
    .min(2)
    .max(6),
})

const goal = z.strictObject({
  id,
  say: z.string().min(1),
  when: json,
  knobs: z.record(z.string(), z.string()).optional(),
  tips: z.array(z.string().min(1)).length(3, 'a goal has three tips, each stronger').optional(),
  solution: z.union([z.string(), run]),
  wrong: z.array(z.strictObject({ because: z.string().min(1), ...runMembers })).optional(),
})

const claim = z.strictObject({
  id,
  say: z.string().optional(),
  run,
  seeds: z.number().int().min(1).optional(),
  expect: json.optional(),
  in: z.union([z.enum(['always', 'sometimes', 'never']), z.tuple([share, share])]).optional(),
  measure: z.string().optional(),
  atLeast: z.number().optional(),
  atMost: z.number().optional(),
})

const chartUnit = z.enum(['ms', 'count', 'perSecond', 'bytes', 'share', 'usd'])
const chartHead = {
  title: z.string().min(1),
  unit: chartUnit.optional(),
}

const chart = z.union([
  z.strictObject({
    ...chartHead,
    scale: z.enum(['linear', 'log']).optional(),
    bars: z
      .array(z.strictObject({ say: z.string().min(1), measure: z.string().optional(), value: z.number().optional() }))
      .min(1)
      .max(12),
  }),
  z.strictObject({ ...chartHead, meter: z.string(), most: z.number().positive() }),
  z.strictObject({ ...chartHead, series: z.string() }),
  z.strictObject({
    title: z.string().min(1),
    gauges: z
      .array(
        z.strictObject({
          say: z.string().min(1),
          unit: chartUnit.optional(),
          measure: z.string(),
          most: z.number().positive(),
        }),
      )
      .min(1)
      .max(8),
  }),
])

const prices = z.strictObject({
  asOf: z.string().regex(/^\d{4}-\d{2}$/, 'a month is written like 2026-11'),
  source: z.string().min(1),
  of: z.record(
    z.string(),
    z.strictObject({
      say: z.string().min(1),
      usd: z.number().min(0),
      per: z.enum(['GB', 'hour', 'million']),
      links: z.array(z.string()).min(1).optional(),
      nodes: z.array(z.string()).min(1).optional(),
    }),
  ),
})

/** A `lab.yaml`. The lesson gives `id` and `title`, so a lesson's lab need not repeat them. */
export const labSchema = z.strictObject({
  id: z.string().optional(),
  title: z.string().optional(),
  /** What it is, in a sentence; labs of no lesson need it for their list. */
  about: z.string().optional(),
  nodes: z.record(z.string(), node),
  roles: z.record(z.string(), role),
  network: network.optional(),
  groups: z.record(z.string(), z.array(z.string())).optional(),
  addresses: z.record(z.string(), z.string()).optional(),
  untilMs: z.number().positive(),
  settlingMs: z.number().min(0).optional(),
  deadlineMs: z.number().positive().optional(),
  seed: z.number().int().min(0).optional(),
  paceMsPerS: z.number().positive().optional(),
  openAtMs: z.number().min(0).optional(),
  values: z.enum(['numbers', 'letters']).optional(),
  model: z.enum(['register', 'kv', 'counter', 'set']).optional(),
  initial: json.optional(),
  knobs: z.record(z.string(), knob).optional(),
  keys: z.record(letter, z.union([z.string(), z.strictObject({ do: z.string(), label: z.string() })])).optional(),
  script: z.string().optional(),
  workloads: z.record(z.string(), workload).optional(),
  views: z.array(view).optional(),
  factsFirst: z.boolean().optional(),
  lamps: z.array(z.strictObject({ say: z.string().min(1), out: json })).optional(),
  show: z.record(z.string(), z.array(z.string())).optional(),
  cards: z.array(z.string()).optional(),
  charts: z.array(chart).optional(),
  prices: prices.optional(),
  verdicts: z.array(z.string()).optional(),
  predictions: z.array(prediction).optional(),
  goals: z.array(goal).optional(),
  claims: z.array(claim).optional(),
})

/** The definition of a lab from its file's validated value. */
export const labDefinition = (value: z.infer<typeof labSchema>, id: string, title: string): LabDefinition => {
  const { about: _, ...lab } = value
  return { ...lab, id: lab.id ?? id, title: lab.title ?? title } as LabDefinition
}
