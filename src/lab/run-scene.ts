import type { Phenomenon, PhenomenonName } from '../check/phenomenon.ts'
import type { Consistency, Verdict } from '../check/verdict.ts'
import type { NodeId } from '../kernel/ids.ts'
import type { History } from '../kernel/operation.ts'
import type { NodeStatus } from '../kernel/trace.ts'
import type { NodeView } from '../kernel/view.ts'
import { countMessages, flights, isFaulty } from '../sim/simulator.ts'
import type { Flight } from '../sim/world.ts'
import { type ConditionScene, operationKinds } from './condition-holds.ts'
import { followedVerdict, judge } from './judge.ts'
import { measure } from './measure.ts'
import type { MeasurePick } from './measure-pick.ts'
import type { OperationKinds } from './message-pick.ts'
import type { Moment, Play } from './moment.ts'
import type { Stage } from './perform.ts'

/** Steps that a condition's question to a checker may cost. */
const CONDITION_BUDGET = 20_000

/**
 * A run at one moment, as detectors, conditions and commands see it. Costly parts are computed when asked for. In a batch it is true
 * only until the next event.
 */
export class RunScene implements ConditionScene, Stage {
  readonly lab: Play['lab']
  readonly spec: Play['spec']
  readonly nowUs: number
  readonly servers: readonly NodeId[]
  readonly clients: readonly NodeId[]
  readonly ended: boolean
  readonly settlingUs: number
  private readonly play: Play
  private readonly moment: Moment
  private memo: { flights?: readonly Flight[]; faulty?: boolean; inFlight?: number } = {}

  /** `nowUs` may be later than the moment's last event. */
  constructor(play: Play, moment: Moment, nowUs: number = moment.world.nowUs, ended = false) {
    this.play = play
    this.moment = moment
    this.lab = play.lab
    this.spec = play.spec
    this.nowUs = nowUs
    this.ended = ended
    this.settlingUs = play.lab.settlingUs
    const { servers, clients } = membersOf(play)
    this.servers = servers
    this.clients = clients
  }

  get groups(): Stage['groups'] {
    return this.play.lab.groups
  }
  get settings(): Moment['settings'] {
    return this.moment.settings
  }
  get event(): Moment['event'] {
    return this.moment.event
  }
  get verbs(): readonly string[] {
    return this.moment.verbs
  }
  get immutable(): boolean {
    return this.moment.operations.immutable
  }
  get tally(): Moment['tally'] {
    return this.moment.tally
  }
  get invented(): number {
    return this.moment.invented
  }
  get prices(): RunScene['lab']['prices'] {
    return this.lab.prices
  }
  get history(): History {
    return this.moment.operations.history()
  }
  get kinds(): OperationKinds {
    return operationKinds(this.history)
  }
  get flights(): readonly Flight[] {
    this.memo.flights ??= flights(this.moment.world)
    return this.memo.flights
  }
  get faulty(): boolean {
    this.memo.faulty ??= isFaulty(this.spec, this.moment.world)
    return this.memo.faulty
  }
  get inFlight(): number {
    this.memo.inFlight ??= countMessages(this.moment.world, ({ from, to, info }) => {
      return info.purpose !== 'heartbeat' && this.servers.includes(from) && this.servers.includes(to)
    })
    return this.memo.inFlight
  }
  view(node: NodeId): NodeView {
    return this.moment.views[node] ?? { role: 'down', values: {}, facts: [] }
  }
  status(node: NodeId): NodeStatus {
    return this.moment.world.nodes[node]?.status ?? 'down'
  }
  sightings(name: PhenomenonName): readonly Phenomenon[] {
    const at = this.play.detectors.findIndex(detector => detector.name === name)
    return this.play.detectors[at]?.report(this.moment.detected[at], this) ?? []
  }
  /** Everything that was sighted, the earliest first. */
  phenomena(): readonly Phenomenon[] {
    const { detected } = this.moment
    const reports = this.play.detectors.map((detector, at) => detector.report(detected[at], this))
    const known = sorted.get(this.play)
    if (known !== undefined && reports.every((report, at) => same(report, known.reports[at]))) return known.all
    const all = reports.flat().sort((a, b) => a.atUs - b.atUs || a.atIndex - b.atIndex)
    sorted.set(this.play, { reports, all })
    return all
  }
  verdict(consistency: Consistency): Verdict['answer'] {
    return this.fullVerdict(consistency, CONDITION_BUDGET).answer
  }
  /** A checker's verdict with its evidence: the live one's where it goes along, otherwise with at most `budget` steps. */
  fullVerdict(consistency: Consistency, budget: number): Verdict {
    const { following } = this.moment
    const live = consistency === 'linearizable' ? followedVerdict(following, this.history, this.lab) : null
    return live ?? judge(consistency, this.history, this.lab, budget)
  }
  measure(pick: MeasurePick): number | null {
    return measure(pick, this.history, this.moment.tally, this)
  }
}

interface Sorted {
  readonly reports: readonly (readonly Phenomenon[])[]
  readonly all: readonly Phenomenon[]
}
/** The list that was asked for last: most frames of a run that plays sight nothing new. */
const sorted = new WeakMap<Play, Sorted>()

/** A report is a list of immutable sightings that only grows, but for those that can be taken back; these are compared one by one. */
const same = (a: readonly Phenomenon[], b: readonly Phenomenon[] | undefined): boolean =>
  a === b || (b !== undefined && a.length === b.length && a.every((one, at) => one === b[at]))

interface Members {
  readonly servers: readonly NodeId[]
  readonly clients: readonly NodeId[]
}
const members = new WeakMap<Play['spec'], Members>()

const membersOf = ({ spec }: Play): Members => {
  const known = members.get(spec)
  if (known !== undefined) return known
  const of = (kind: 'server' | 'client'): readonly NodeId[] =>
    spec.nodes.filter(node => node.kind === kind).map(node => node.id)
  const found = { servers: of('server'), clients: of('client') }
  members.set(spec, found)
  return found
}
