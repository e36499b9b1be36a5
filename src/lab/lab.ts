import type { ModelName } from '../check/model.ts'
import type { Consistency } from '../check/verdict.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { Json } from '../kernel/json.ts'
import type { OperationKind } from '../kernel/operation.ts'
import type { AnyProtocol } from '../kernel/protocol.ts'
import type { ClockSpec, Distribution, LinkSpec } from '../sim/spec.ts'
import type { Command } from './command.ts'
import type { Condition } from './condition.ts'
import type { ChartUnit, LabDefinition, ViewName } from './definition.ts'
import type { MeasurePick } from './measure-pick.ts'
import type { Price } from './price.ts'

export type Settings = { readonly [knob: string]: string }
export type Config = { readonly [option: string]: Json }

export interface LabNode {
  readonly id: NodeId
  readonly role: string
  readonly kind: 'server' | 'client'
  /** The server beside which a client stands. */
  readonly at: NodeId | null
  readonly place: string | null
  readonly config: Config
  readonly clock: ClockSpec
  readonly syncMs: Distribution
  readonly inboxLimit: number
}

/** A protocol and the names of its options. */
export interface LabProtocol {
  readonly protocol: AnyProtocol
  readonly options: readonly string[]
}

export interface LabRole extends LabProtocol {
  readonly name: string
  readonly config: Config
}

/** A knob's value, resolved. Node configs are by node id, links by `n1>n2`. */
export interface Patch {
  readonly name: string
  readonly label: string
  readonly roles: { readonly [role: string]: { readonly protocol: LabProtocol | null; readonly config: Config } }
  readonly nodes: { readonly [node: string]: Config }
  readonly network: Partial<LinkSpec>
  readonly links: { readonly [link: string]: Partial<LinkSpec> }
  readonly without: readonly NodeId[]
}

export interface Knob {
  readonly name: string
  readonly label: string
  readonly key: string | null
  readonly initial: string
  readonly values: readonly Patch[]
  /** Whether it acts on a running cluster; otherwise turning it starts the run anew. */
  readonly live: boolean
}

export interface LabKey {
  readonly letter: string
  readonly label: string
  readonly commands: readonly Command[]
}

export interface Workload {
  readonly name: string
  readonly clients: readonly NodeId[]
  readonly load:
    | { readonly type: 'open'; readonly ratePerS: number; readonly even: boolean }
    | { readonly type: 'closed'; readonly thinkMs: Distribution }
  readonly mix: readonly { readonly kind: OperationKind; readonly weight: number }[]
  readonly keys: readonly string[]
  readonly startUs: number
  readonly endUs: number
  readonly count: number
}

/** A run to be made. `label` names the variant, empty where there is but one. */
export interface LabRun {
  readonly label: string
  readonly settings: Settings
  readonly commands: readonly Command[]
  /** The commands as the file wrote them, for showing. */
  readonly text: string
  readonly seed: number
  readonly untilUs: number
}

export interface Prediction {
  readonly id: string
  readonly ask: string
  readonly run: LabRun
  /** The pane that is in front while the run is watched. */
  readonly watch: ViewName
  readonly options: readonly {
    readonly say: string
    readonly why: string
    readonly truth: Condition | null
    readonly misconceptions: readonly string[]
  }[]
}

export interface Goal {
  readonly id: string
  readonly say: string
  readonly when: Condition
  readonly settings: Settings
  readonly tips: readonly string[]
  readonly solution: LabRun
  readonly wrong: readonly { readonly run: LabRun; readonly because: string }[]
}

export interface Claim {
  readonly id: string
  readonly say: string
  /** One for each variant. */
  readonly runs: readonly LabRun[]
  readonly seeds: number
  readonly expect: Condition | null
  readonly share: 'always' | 'sometimes' | 'never' | readonly [number, number]
  readonly measure: MeasurePick | null
  readonly atLeast: number | null
  readonly atMost: number | null
}

/** A chart of the numbers pane: its numbers are of the run, or fixed ones beside them. */
export type LabChart =
  | {
      readonly type: 'bars'
      readonly title: string
      readonly unit: ChartUnit
      readonly scale: 'linear' | 'log'
      readonly bars: readonly { readonly say: string; readonly of: MeasurePick | number }[]
    }
  | {
      readonly type: 'meter'
      readonly title: string
      readonly unit: ChartUnit
      readonly of: MeasurePick
      readonly most: number
    }
  | { readonly type: 'series'; readonly title: string; readonly unit: ChartUnit; readonly of: MeasurePick }
  | {
      readonly type: 'gauges'
      readonly title: string
      readonly gauges: readonly {
        readonly say: string
        readonly unit: ChartUnit
        readonly of: MeasurePick
        readonly most: number
      }[]
    }

/** A promise that is kept in sight; it burns until `out` holds. */
export interface Lamp {
  readonly say: string
  readonly out: Condition
}

/** A lab that can be run: every name looked up, every text read. Made by `resolveLab`, immutable. */
export interface Lab {
  readonly id: string
  readonly title: string
  readonly definition: LabDefinition
  /** In the order of the pictures' lanes. */
  readonly nodes: readonly LabNode[]
  readonly roles: { readonly [role: string]: LabRole }
  /** Default of every link. */
  readonly network: LinkSpec
  /** What is different about single directed links, by `n1>n2`. */
  readonly links: { readonly [link: string]: Partial<LinkSpec> }
  readonly groups: { readonly [name: string]: readonly NodeId[] }
  readonly addresses: { readonly [address: string]: NodeId }
  readonly untilUs: number
  readonly settlingUs: number
  readonly deadlineUs: number
  readonly seed: number
  readonly values: 'numbers' | 'letters'
  readonly initial: Json
  readonly model: ModelName
  readonly knobs: readonly Knob[]
  readonly keys: readonly LabKey[]
  readonly script: readonly Command[]
  readonly workloads: readonly Workload[]
  readonly views: readonly ViewName[]
  readonly lamps: readonly Lamp[]
  readonly show: { readonly [role: string]: readonly string[] }
  readonly cards: readonly string[]
  readonly charts: readonly LabChart[]
  readonly prices: readonly Price[]
  readonly verdicts: readonly Consistency[]
  readonly predictions: readonly Prediction[]
  readonly goals: readonly Goal[]
  readonly claims: readonly Claim[]
  /** Identifies everything that can alter a trace: twelve letters and digits, three for each of nodes, protocols, network, commands. */
  readonly hash: string
}
