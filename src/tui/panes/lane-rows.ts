import type { Lane } from './space-time-view.ts'

/** Blank rows between two lanes: messages between servers need the most room, a client leans on its node. */
const ROOM = {
  server: { weight: 3, most: 8 },
  client: { weight: 1, most: 3 },
}

/**
 * The row of each lane within `rows` rows, top to bottom, the spare rows shared out between them. Lanes that find no room
 * are left out at the end.
 */
export const laneRows = (lanes: readonly Lane[], rows: number): readonly number[] => {
  const shown = lanes.slice(0, Math.max(0, rows))
  const kinds = shown
    .slice(1)
    .map((lane, i) => (lane.kind === 'server' && shown[i]?.kind === 'server' ? ROOM.server : ROOM.client))
  const gaps = kinds.map(() => 0)
  for (let spare = rows - shown.length; spare > 0; spare--) {
    let best = -1
    let bestNeed = 0
    kinds.forEach((kind, i) => {
      const gap = gaps[i] ?? 0
      // The first row of every gap comes before the second of any.
      const need = gap >= kind.most ? 0 : gap === 0 ? 100 + kind.weight : kind.weight / gap
      if (need > bestNeed) {
        best = i
        bestNeed = need
      }
    })
    if (best < 0) break
    gaps[best] = (gaps[best] ?? 0) + 1
  }
  let row = 0
  return shown.map((_, i) => {
    if (i > 0) row += 1 + (gaps[i - 1] ?? 0)
    return row
  })
}
