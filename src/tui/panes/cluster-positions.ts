/** A rectangle of cells. */
export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** Where the first of so many nodes stands on the ellipse, in degrees, so that two stand beside each other and four in the corners. */
const START: { readonly [count: number]: number } = { 2: 180, 4: 225, 6: 240 }
const TOP = 270

/** Evenly spaced centres on an ellipse within the area, clockwise. */
const centres = (
  count: number,
  area: { readonly width: number; readonly height: number },
  card: Point,
): readonly Point[] => {
  if (count === 1) return [{ x: area.width / 2, y: area.height / 2 }]
  const start = START[count] ?? TOP
  const raw = Array.from({ length: count }, (_, i) => {
    const angle = ((start + (360 * i) / count) * Math.PI) / 180
    return { x: Math.cos(angle), y: Math.sin(angle) }
  })
  const stretch = (at: (point: Point) => number, from: number, to: number): ((point: Point) => number) => {
    const low = Math.min(...raw.map(at))
    const high = Math.max(...raw.map(at))
    return high - low < 1e-6 ? () => (from + to) / 2 : point => from + ((at(point) - low) / (high - low)) * (to - from)
  }
  const x = stretch(point => point.x, card.x / 2, area.width - card.x / 2)
  const y = stretch(point => point.y, card.y / 2, area.height - card.y / 2)
  return raw.map(point => ({ x: x(point), y: y(point) }))
}

const apart = (a: Rect, b: Rect): boolean =>
  a.x + a.width + 2 <= b.x || b.x + b.width + 2 <= a.x || a.y + a.height + 1 <= b.y || b.y + b.height + 1 <= a.y

/** Cards of one size placed on an ellipse; undefined when they would touch. */
export const cardsAround = (
  count: number,
  area: { readonly width: number; readonly height: number },
  card: { readonly width: number; readonly height: number },
): readonly Rect[] | undefined => {
  const cards = centres(count, area, { x: card.width, y: card.height }).map(({ x, y }) => ({
    x: Math.round(x - card.width / 2),
    y: Math.round(y - card.height / 2),
    ...card,
  }))
  const fits = cards.every(
    (a, i) =>
      a.x >= 0 &&
      a.y >= 0 &&
      a.x + a.width <= area.width &&
      a.y + a.height <= area.height &&
      cards.slice(i + 1).every(b => apart(a, b)),
  )
  return fits ? cards : undefined
}

export const centreOf = ({ x, y, width, height }: Rect): Point => ({ x: x + width / 2, y: y + height / 2 })

/** Where the straight way from the centre of one card to that of another leaves the first, as a part of the way. */
const leaves = (from: Rect, to: Point): number => {
  const centre = centreOf(from)
  const dx = Math.abs(to.x - centre.x)
  const dy = Math.abs(to.y - centre.y)
  return Math.min(1, dx > 0 ? from.width / 2 / dx : 1, dy > 0 ? from.height / 2 / dy : 1)
}

/** The point after `part` of the visible way between two cards, from edge to edge. */
export const onTheWay = (from: Rect, to: Rect, part: number): Point => {
  const a = centreOf(from)
  const b = centreOf(to)
  const start = leaves(from, b)
  const end = 1 - leaves(to, a)
  const at = start + (end - start) * part
  return { x: a.x + (b.x - a.x) * at, y: a.y + (b.y - a.y) * at }
}
