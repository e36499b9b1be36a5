import type { NodeId } from '../../kernel/ids.ts'
import { Canvas, type Layer } from '../canvas.ts'
import type { Style, Theme } from '../theme.ts'
import { tonesOf } from '../theme.ts'
import { stringWidth } from '../width.ts'
import { columnOf } from './axis.ts'
import { laneRows } from './lane-rows.ts'
import type { Lane, SpaceTimeView } from './space-time-view.ts'

/** Where an event stands to the event under the cursor, while its cones are lit. */
export type Relation = 'past' | 'future' | 'concurrent'

/** The drawing area of a space-time diagram: maps times to columns and nodes to rows, and keeps labels apart. */
export class Plot {
  readonly canvas: Canvas
  readonly view: SpaceTimeView
  readonly theme: Theme
  readonly width: number
  readonly height: number
  readonly #rows: ReadonlyMap<NodeId, number>
  readonly #lanes: readonly { readonly row: number; readonly kind: Lane['kind'] }[]
  readonly #laneAt: ReadonlySet<number>
  readonly #taken: Uint8Array

  constructor(view: SpaceTimeView, width: number, height: number, theme: Theme) {
    this.canvas = new Canvas(width, height, theme)
    this.view = view
    this.theme = theme
    this.width = this.canvas.width
    this.height = this.canvas.height
    const rows = laneRows(view.lanes, this.height)
    this.#rows = new Map(rows.map((row, i) => [view.lanes[i]?.node as NodeId, row]))
    this.#laneAt = new Set(rows)
    this.#lanes = rows.map((row, i) => ({ row, kind: view.lanes[i]?.kind ?? 'server' }))
    this.#taken = new Uint8Array(this.width * this.height)
  }

  /** The row of a node's lane; undefined when there was no room for it. */
  row(node: NodeId): number | undefined {
    return this.#rows.get(node)
  }

  isLane(row: number): boolean {
    return this.#laneAt.has(row)
  }

  /** Lanes lie over the strokes that cross them, unless two lanes stand so close that a stroke would be hidden altogether. */
  get laneLayer(): Layer {
    return this.#lanes.some(({ row }, i) => i > 0 && row - (this.#lanes[i - 1]?.row ?? 0) === 1) ? 0 : 2
  }

  /** True in the rows between a client's lane and the next one: what is asked there stands on the client's lane already. */
  isBesideClient(row: number): boolean {
    const above = this.#lanes.findLast(lane => lane.row < row)
    const below = this.#lanes.find(lane => lane.row > row)
    return above?.kind === 'client' || below?.kind === 'client'
  }

  /** The column of a time, not rounded. */
  at(us: number): number {
    return columnOf(this.view.window, us)
  }

  /** The column of a time, kept within the drawing. */
  column(us: number): number {
    return Math.max(0, Math.min(this.width - 1, Math.floor(this.at(us))))
  }

  shows(us: number): boolean {
    const column = this.at(us)
    return column >= 0 && column < this.width
  }

  isFree(x: number, y: number, width: number): boolean {
    if (x < 0 || x + width > this.width || y < 0 || y >= this.height) return false
    for (let i = x; i < x + width; i++) if (this.#taken[y * this.width + i]) return false
    return true
  }

  take(x: number, y: number, width = 1): void {
    if (y < 0 || y >= this.height) return
    for (let i = Math.max(0, x); i < Math.min(this.width, x + width); i++) this.#taken[y * this.width + i] = 1
  }

  /** Writes where nothing stands yet, with `margin` free cells at both ends; says whether there was room. */
  place(x: number, y: number, text: string, style: Style, margin = 0): boolean {
    const width = stringWidth(text)
    const from = Math.max(0, x - margin)
    if (x < 0 || x + width > this.width) return false
    if (!this.isFree(from, y, Math.min(this.width, x + width + margin) - from)) return false
    this.canvas.text(x, y, text, style)
    this.take(x, y, width)
    return true
  }

  /** Where an event stands to the cursor's; undefined while nothing is lit. */
  relation(index: number | null): Relation | undefined {
    const { cones } = this.view
    if (!cones) return undefined
    if (index === null) return 'concurrent'
    return cones.past.has(index) ? 'past' : cones.future.has(index) ? 'future' : 'concurrent'
  }

  /** The style of something that belongs to an event: its own, or that of the cone it lies in. */
  style(base: Style, index: number | null): Style {
    const relation = this.relation(index)
    if (relation === undefined) return base
    if (relation === 'concurrent') return ['old']
    return [...tonesOf(base).filter(tone => tone !== 'old' && tone !== 'fresh'), ...CONE_TONES[relation]]
  }
}

/** The cones of the cursor's event: what may have led to it, and what it may have led to. */
export const CONE_TONES = { past: ['actor5', 'fresh'], future: ['actor4', 'fresh'] } as const
