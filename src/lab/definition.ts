import type { Json } from '../kernel/json.ts'
import type { Distribution, LinkSpec } from '../sim/spec.ts'

/**
 * A lab as its file says it: plain JSON, what `lab.yaml` parses to. Unknown members are the schema's business (src/course);
 * `resolveLab` checks everything that needs knowledge of protocols, names and the vocabulary of commands.
 */
export interface LabDefinition {
  /** The lesson's id or a name of its own: lower-case letters, digits, `-` and `/`. Part of run codes. */
  readonly id: string
  readonly title: string
  /** By name or range: `n1..n5`, `alice`. The order is the order of the pictures' lanes. */
  readonly nodes: { readonly [pattern: string]: NodeDefinition }
  readonly roles: { readonly [role: string]: RoleDefinition }
  readonly network?: NetworkDefinition
  /** Further names for sets of nodes, for commands; places are groups as well. Members may be ranges. */
  readonly groups?: { readonly [name: string]: readonly string[] }
  /** Addresses that resolve to a node other than the one of that name. */
  readonly addresses?: { readonly [address: string]: string }
  /** Where a run without screen ends, ms. */
  readonly untilMs: number
  /** So long without faults, and whatever is going to be repaired is repaired, ms; 2000 where not said. */
  readonly settlingMs?: number
  /** A client that has no answer for so long counts the outcome as unknown, ms; 2000 where not said. */
  readonly deadlineMs?: number
  /** 1 where not said. */
  readonly seed?: number
  /** How much simulated time a second of watching shows at normal speed, ms; 1000 where not said. The screen's business. */
  readonly paceMsPerS?: number
  /** Simulated time at which a lab opens on the screen, ms; 0 where not said. By then a leader is elected, say. No part of the run. */
  readonly openAtMs?: number
  /** What an invented value of a write looks like: `numbers` 1, 2, 3 (where not said) or `letters` A, B, C. */
  readonly values?: 'numbers' | 'letters'
  /** The object that the checkers take each key for; what fits the kinds of operations in the lab where not said. */
  readonly model?: 'register' | 'kv' | 'counter' | 'set'
  /** The initial value of every key, for the checkers; null where not said. */
  readonly initial?: Json
  readonly knobs?: { readonly [name: string]: KnobDefinition }
  /** One letter each; commands in the vocabulary's text form, their times in ms counted from the press. */
  readonly keys?: { readonly [letter: string]: string | { readonly do: string; readonly label: string } }
  /** Commands that belong to the lab itself, given at the start of every run. */
  readonly script?: string
  readonly workloads?: { readonly [name: string]: WorkloadDefinition }
  readonly views?: readonly ViewName[]
  /** Promises that the lab keeps in sight above its panes, each a lamp that burns until it is broken. */
  readonly lamps?: readonly LampDefinition[]
  /** The labels of facts that the cluster picture shows of a node, by role; all where not said. */
  readonly show?: { readonly [role: string]: readonly string[] }
  /** Roles of clients that the cluster picture draws as cards with their facts, like servers: callers that a lesson is about, an attacker. */
  readonly cards?: readonly string[]
  /** True where a card says facts in the place of a value that its node does not hold: machines without data, a sheet of figures. */
  readonly factsFirst?: boolean
  /** What the numbers pane shows before its general charts, the most important first. */
  readonly charts?: readonly ChartDefinition[]
  readonly prices?: PricesDefinition
  /** Checkers whose answer the verdict pane shows; `linearizable` alone where not said. */
  readonly verdicts?: readonly string[]
  readonly predictions?: readonly PredictionDefinition[]
  readonly goals?: readonly GoalDefinition[]
  readonly claims?: readonly ClaimDefinition[]
}

export type ViewName = 'cluster' | 'space-time' | 'verdict' | 'numbers'

/**
 * What a run costs. The learner may change the amounts on the screen, for the time of the program; goals, claims and predictions take
 * those of the file.
 */
export interface PricesDefinition {
  /** When these were the prices: `2026-11`. */
  readonly asOf: string
  /** Whose they are, in a few words. */
  readonly source: string
  readonly of: { readonly [price: string]: PriceDefinition }
}

/** US dollars for each so much of something. */
export interface PriceDefinition {
  readonly say: string
  readonly usd: number
  /** A gigabyte (10^9 bytes) sent over `links`; an hour of the processors of `nodes`, by their fact `cpu`; a million calls of `nodes`. */
  readonly per: 'GB' | 'hour' | 'million'
  /** Directed links, `n1>n2`; both sides may be ranges. */
  readonly links?: readonly string[]
  readonly nodes?: readonly string[]
}

/** What a chart's numbers are; `usd` is US dollars. */
export type ChartUnit = 'ms' | 'count' | 'perSecond' | 'bytes' | 'share' | 'usd'

/** A chart of a lab's own: bars side by side, of measures or of fixed values to compare with, or one measure against its most. */
export type ChartDefinition =
  | {
      readonly title: string
      /** `count` where not said. */
      readonly unit?: ChartUnit
      /** `linear` where not said; on a `log` scale each decade is as wide as the next. */
      readonly scale?: 'linear' | 'log'
      readonly bars: readonly {
        readonly say: string
        /** A measure's text, as in claims ... */
        readonly measure?: string
        /** ... or a fixed value. */
        readonly value?: number
      }[]
    }
  | { readonly title: string; readonly unit?: ChartUnit; readonly meter: string; readonly most: number }
  /** Measures of several kinds, a row each, every one against its own most. */
  | {
      readonly title: string
      readonly gauges: readonly {
        readonly say: string
        readonly unit?: ChartUnit
        readonly measure: string
        readonly most: number
      }[]
    }
  /** A measure of operations, `latency of alice`, over the time of their calls. */
  | { readonly title: string; readonly unit?: ChartUnit; readonly series: string }

export interface NodeDefinition {
  readonly role: string
  /** Config on top of the role's, for these nodes alone. */
  readonly config?: { readonly [option: string]: Json }
  /** The node beside which this one (a client) stands: a short link there, the same distance as it to everybody else, cut off with it. */
  readonly at?: string
  /** A clock that is wrong from the start. */
  readonly clock?: { readonly offsetMs?: number; readonly ratePpm?: number }
  /** The time a disk sync takes, ms; 0 where not said. */
  readonly syncMs?: Distribution
  /** Deliveries that wait while the node is paused or busy; 1000 where not said. */
  readonly inboxLimit?: number
}

export interface RoleDefinition {
  /** A protocol's name in the registry. */
  readonly protocol: string
  readonly config?: { readonly [option: string]: Json }
  /** Clients' operations are in the history; where not said, the roles named `client` are clients. */
  readonly kind?: 'server' | 'client'
}

/** Members of `LinkSpec` directly are the default of every link. */
export interface NetworkDefinition extends Partial<LinkSpec> {
  /** Places by name, each with its nodes (ranges allowed). */
  readonly places?: { readonly [place: string]: readonly string[] }
  /** Links between two places, both ways: `eu|us`; `eu|eu` is within one; `eu>us` is one way. */
  readonly between?: { readonly [pair: string]: Partial<LinkSpec> }
  /** Single links: `n1|n2` both ways, `n1>n2` one way. They come last, over everything else. */
  readonly links?: { readonly [pair: string]: Partial<LinkSpec> }
  /** The link of a client to the node it stands at; half a millisecond where not said. */
  readonly local?: Partial<LinkSpec>
}

/** A promise of the store's, shown as a lamp. */
export interface LampDefinition {
  /** The promise, in a few words. */
  readonly say: string
  /** What breaks it. Something that stays so, such as a sighting: a lamp that is out should not come back. */
  readonly out: ConditionDefinition
}

/** Something the learner switches. The first value is the initial one unless `initial` names another. */
export interface KnobDefinition {
  /** One letter; pressing it goes to the next value. */
  readonly key?: string
  readonly label?: string
  readonly initial?: string
  readonly values: { readonly [value: string]: PatchDefinition }
}

/**
 * What a knob's value changes. A patch of config and links acts on a running cluster; one that changes a protocol or who takes part can
 * only be chosen before a run, so turning it starts the run anew.
 */
export interface PatchDefinition {
  readonly roles?: {
    readonly [role: string]: { readonly protocol?: string; readonly config?: { readonly [option: string]: Json } }
  }
  readonly nodes?: { readonly [pattern: string]: { readonly config: { readonly [option: string]: Json } } }
  readonly network?: Partial<LinkSpec>
  readonly links?: { readonly [pair: string]: Partial<LinkSpec> }
  /** Nodes that take no part. */
  readonly without?: readonly string[]
  /** What this value means, in a few words. */
  readonly label?: string
}

/** Load that is generated. `ratePerS` is an open loop (arrivals do not wait for answers); `thinkMs` a closed one (each client waits for its answer, then thinks). */
export interface WorkloadDefinition {
  readonly clients: readonly string[]
  /** Operations a second for each client, at exponential intervals (a Poisson process) unless `every` says `even`. */
  readonly ratePerS?: number
  readonly every?: 'even' | 'random'
  readonly thinkMs?: Distribution
  /** Kinds of operation with weights, `{read: 3, write: 1}`. */
  readonly mix: { readonly [kind: string]: number }
  readonly keys: readonly string[]
  readonly startMs?: number
  readonly endMs?: number
  /** The most operations each client asks for. */
  readonly count?: number
}

/** A run to be made: the knobs' values, the commands, the seed and the end, the lab's own where not said. */
export interface RunDefinition {
  readonly knobs?: { readonly [knob: string]: string }
  readonly do?: string
  readonly seed?: number
  readonly untilMs?: number
  /**
   * Variants: the run is made for every combination. A knob's name lists values of the knob; any other name stands for `$name` in `do`.
   */
  readonly over?: { readonly [name: string]: readonly string[] }
}

/** A condition: text (`see stale-read by bob`), a record (`{see: stale-read, by: bob}`, `{write: bob, is: ok}`), or a list: all of them. */
export type ConditionDefinition = Json

export interface PredictionDefinition {
  readonly id: string
  readonly ask: string
  readonly run: RunDefinition
  /** The pane that is in front while the run is watched; `space-time` where this is silent. */
  readonly watch?: ViewName
  readonly options: readonly {
    readonly say: string
    readonly why: string
    /** What is true of the run's end when this option is right. Exactly one option's truth may hold. */
    readonly truth?: ConditionDefinition
    readonly misconceptions?: readonly string[]
  }[]
}

export interface GoalDefinition {
  readonly id: string
  readonly say: string
  /** The goal is reached at the first event after which this holds. */
  readonly when: ConditionDefinition
  /** Values that knobs must have for it to count. */
  readonly knobs?: { readonly [knob: string]: string }
  /** Three tips, each stronger. */
  readonly tips?: readonly string[]
  /** Commands that reach it, or a run that does. */
  readonly solution: string | RunDefinition
  /** Attempts that must not reach it, with the reason shown. */
  readonly wrong?: readonly ({ readonly because: string } & RunDefinition)[]
}

export interface ClaimDefinition {
  readonly id: string
  /** The claim in words. */
  readonly say?: string
  readonly run: RunDefinition
  /** How many seeds, from the run's seed on; 1 where not said. */
  readonly seeds?: number
  /** What must hold at the end of the runs ... */
  readonly expect?: ConditionDefinition
  /** ... and in which share of them; `always` where not said. A pair is the least and the greatest share, 0 to 1. */
  readonly in?: 'always' | 'sometimes' | 'never' | readonly [number, number]
  /** A number measured over all runs: `latency of alice p99`. */
  readonly measure?: string
  readonly atLeast?: number
  readonly atMost?: number
}
