import type { Cause } from '../../kernel/trace.ts'
import type { RunBand } from '../panes/space-time-view.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type Act = Extract<Cause, { readonly type: 'act' }>

/** Faults of a node last until an act of the same kind on the same node ends them; its words say so. */
const LASTING = new Set(['slow', 'omit', 'byzantine'])
const ENDS = / (fast|honest) again$| loses 0 % /

/** The faults of a run that last for a while: cuts until they heal, slow, omitting and lying nodes until they are well. */
export class BandLog {
  readonly bands: Mutable<RunBand>[] = []
  readonly #cut = new Map<string, Mutable<RunBand>>()
  readonly #ill = new Map<string, Mutable<RunBand>>()

  acted(act: Act, atUs: number): void {
    if (act.kind === 'cut') this.#cutAt(act, atUs)
    else if (act.kind === 'heal') this.#healedAt(act, atUs)
    else if (LASTING.has(act.kind)) this.#illAt(act, atUs)
  }

  #cutAt({ label, links }: Act, fromUs: number): void {
    const band: Mutable<RunBand> = { fromUs, toUs: null, kind: 'cut', label }
    this.bands.push(band)
    for (const link of links) this.#cut.set(link.join('>'), band)
  }

  #healedAt({ links }: Act, atUs: number): void {
    for (const link of links) this.#cut.delete(link.join('>'))
    const still = new Set(this.#cut.values())
    for (const band of this.bands) if (band.kind === 'cut' && band.toUs === null && !still.has(band)) band.toUs = atUs
  }

  #illAt({ label, kind, nodes }: Act, atUs: number): void {
    const key = `${kind} ${nodes.join(' ')}`
    const before = this.#ill.get(key)
    if (before) before.toUs = atUs
    this.#ill.delete(key)
    if (ENDS.test(label)) return
    const band: Mutable<RunBand> = { fromUs: atUs, toUs: null, kind: 'fault', label }
    this.bands.push(band)
    this.#ill.set(key, band)
  }
}
