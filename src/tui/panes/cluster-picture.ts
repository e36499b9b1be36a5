import type { NodeId } from '../../kernel/ids.ts'
import { Canvas } from '../canvas.ts'
import { box } from '../layout.ts'
import { type Line, lineWidth, type Span, truncate } from '../line.ts'
import type { Style, Theme } from '../theme.ts'
import { stringWidth } from '../width.ts'
import { cardsAround, onTheWay, type Point, type Rect } from './cluster-positions.ts'
import type { ClusterFlight, ClusterLink, ClusterNode, ClusterView } from './cluster-view.ts'
import {
  clientWords,
  copiesWords,
  doingWords,
  factsWords,
  isSelectedNode,
  nodeSign,
  roleWords,
} from './cluster-words.ts'
import type { PaneSize } from './pane-size.ts'
import { PURPOSE_STYLES } from './purpose-style.ts'

/** What is drawn upon: the canvas, where the cards are, and which cells carry words already. */
interface Picture {
  readonly view: ClusterView
  readonly theme: Theme
  readonly canvas: Canvas
  readonly cards: ReadonlyMap<NodeId, Rect>
  readonly taken: Set<number>
}

const take = ({ canvas, taken }: Picture, { x, y, width, height }: Rect): void => {
  for (let row = y; row < y + height; row++)
    for (let column = x; column < x + width; column++) taken.add(row * canvas.width + column)
}

const isFree = ({ canvas, taken }: Picture, x: number, y: number, width: number): boolean => {
  if (x < 0 || y < 0 || y >= canvas.height || x + width > canvas.width) return false
  for (let column = x; column < x + width; column++) if (taken.has(y * canvas.width + column)) return false
  return true
}

const put = (picture: Picture, x: number, y: number, text: string, style: Style): boolean => {
  const width = stringWidth(text)
  if (!isFree(picture, x, y, width)) return false
  picture.canvas.text(x, y, text, style)
  take(picture, { x, y, width, height: 1 })
  return true
}

const putLine = ({ canvas }: Picture, x: number, y: number, spans: Line): void => {
  let column = x
  for (const { text, style = 'plain' } of spans) {
    canvas.text(column, y, text, style)
    column += stringWidth(text)
  }
}

/** Rows of a card within its border: the values, then what is wrong or else the first facts. */
const cardRows = (node: ClusterNode, width: number, view: ClusterView, theme: Theme): Line[] => {
  if (node.status === 'down') return [[{ text: 'memory lost', style: 'old' }]]
  const troubles = node.troubles.map((text): Line => [{ text: `${theme.glyph.note} ${text}`, style: 'unknown' }])
  if (node.client !== undefined) {
    const doing = doingWords(node.client, theme)
    const rows = [factsWords(node), ...troubles, doing].filter(row => row.length > 0)
    return rows.length > 0 ? rows : [[{ text: theme.glyph.dot, style: 'old' }]]
  }
  // What the lab has chosen to show stands where a node without values would have a dot; a row a fact where facts come first.
  if (node.copies.length === 0 && node.factsChosen === true && node.facts.length > 0 && view.factsFirst !== true)
    return [factsWords(node), ...troubles]
  const facts = node.facts.map(({ label, value }): Line => [{ text: `${label} ${value}`, style: 'old' }])
  const copies: Line =
    node.copies.length === 0 ? [{ text: theme.glyph.dot, style: 'old' }] : copiesWords(node.copies, width)
  const plain = view.factsFirst && facts.length > 0 && node.copies.length === 0
  return [...(plain ? [] : [copies]), ...troubles, ...facts]
}

/** Rows of the fullest card that says facts. */
const mostRows = (view: ClusterView): number =>
  Math.max(1, ...view.nodes.map(({ copies, facts }) => Math.min(1, copies.length) + facts.length))

const drawCard = (picture: Picture, node: ClusterNode, rect: Rect): void => {
  const { view, theme } = picture
  const sign = nodeSign(node, theme)
  const titleOf = (short: boolean): string =>
    `${sign.text === ' ' ? '' : `${sign.text} `}${node.id} ${roleWords(node, short).text}`
  const title = titleOf(stringWidth(titleOf(false)) > rect.width - 7)
  const selected = isSelectedNode(view, node.id)
  const style: Style = selected
    ? 'accent'
    : node.status === 'down'
      ? 'bad'
      : node.status === 'paused'
        ? 'unknown'
        : 'old'
  const clients = view.clients.filter(({ at }) => at === node.id)
  const boxed = box(
    cardRows(node, rect.width - 4, view, theme).map(row => truncate(row, rect.width - 4, theme)),
    {
      width: rect.width,
      height: rect.height - (clients.length > 0 ? 1 : 0),
      title,
      titleStyle: selected ? 'selected' : node.status === 'down' ? 'bad' : node.fresh ? ['accent', 'strong'] : 'title',
      style: node.authority && !selected ? 'plain' : style,
    },
    theme,
  )
  for (const [i, row] of boxed.entries()) putLine(picture, rect.x, rect.y + i, row)
  if (clients.length > 0) {
    const words = clients.flatMap((client, i): Span[] => [
      ...(i > 0 ? [{ text: '  ' }] : []),
      ...clientWords(view, client, theme),
    ])
    putLine(picture, rect.x + 1, rect.y + rect.height - 1, truncate(words, rect.width - 1, theme))
  }
}

const DOTS = { x: 2, y: 4 }

const drawLink = (picture: Picture, link: ClusterLink): void => {
  const { canvas, cards, theme, view } = picture
  const a = cards.get(link.a)
  const b = cards.get(link.b)
  if (!a || !b) return
  const from = onTheWay(a, b, 0)
  const to = onTheWay(a, b, 1)
  const { selection } = view
  const selected =
    selection?.kind === 'link' &&
    ((selection.a === link.a && selection.b === link.b) || (selection.a === link.b && selection.b === link.a))
  const cut = link.forth.cut && link.back.cut
  const style: Style = selected ? ['accent', 'fresh'] : cut ? ['bad', 'old'] : 'old'
  const dash = cut ? [1, 5] : selected ? [] : [1, 2]
  canvas.line(from.x * DOTS.x, from.y * DOTS.y, to.x * DOTS.x, to.y * DOTS.y, style, { dash })
  if (cut) put(picture, ...cell(onTheWay(a, b, 0.5)), theme.glyph.cut, 'bad')
  else {
    if (link.forth.cut) drawOneWay(picture, a, b)
    if (link.back.cut) drawOneWay(picture, b, a)
  }
}

/** What is wrong with a link besides cuts, beside what moves on it. */
const drawTroubles = (picture: Picture, link: ClusterLink): void => {
  const a = picture.cards.get(link.a)
  const b = picture.cards.get(link.b)
  const words = [...new Set([...link.forth.troubles, ...link.back.troubles])].join(', ')
  if (!a || !b || words === '') return
  for (const part of [0.5, 0.35, 0.65, 0.2, 0.8]) {
    const [x, y] = cell(onTheWay(a, b, part))
    if (put(picture, Math.max(0, x - Math.floor(stringWidth(words) / 2)), y, words, 'unknown')) return
  }
}

/** The way from one to the other is cut, the way back is open: the sign stands near the sender, an arrow points the open way. */
const drawOneWay = (picture: Picture, from: Rect, to: Rect): void => {
  put(picture, ...cell(onTheWay(from, to, 0.3)), picture.theme.glyph.cut, 'bad')
  const at = onTheWay(from, to, 0.55)
  put(picture, ...cell(at), arrow(onTheWay(to, from, 0), onTheWay(to, from, 1), picture.theme), 'plain')
}

const arrow = (from: Point, to: Point, { glyph }: Theme): string => {
  const across = to.x - from.x
  const down = (to.y - from.y) * 2
  if (Math.abs(across) >= Math.abs(down)) return across > 0 ? glyph.right : glyph.left
  return down > 0 ? glyph.down : glyph.up
}

const cell = ({ x, y }: Point): readonly [number, number] => [Math.floor(x), Math.floor(y)]

/** The card that stands for an end of a message: a client's is that of its node. */
const cardOf = ({ view, cards }: Picture, id: NodeId): Rect | undefined => {
  const at = view.clients.find(client => client.id === id)?.at
  return cards.get(id) ?? (at ? cards.get(at) : undefined)
}

const drawFlight = (picture: Picture, flight: ClusterFlight): void => {
  const { theme, view } = picture
  const from = cardOf(picture, flight.from)
  const to = cardOf(picture, flight.to)
  if (!from || !to || from === to) return
  const [x, y] = cell(onTheWay(from, to, flight.part))
  const selected = view.selection?.kind === 'message' && view.selection.message === flight.id
  const style: Style = selected ? 'selected' : flight.held ? 'unknown' : PURPOSE_STYLES[flight.purpose]
  const quiet = flight.purpose === 'heartbeat' && !selected
  const sign = flight.held ? theme.glyph.paused : quiet ? theme.glyph.dot : theme.glyph.event
  picture.canvas.text(x, y, sign, style)
  take(picture, { x, y, width: 1, height: 1 })
  if (quiet) return
  const label = ` ${flight.label} `
  if (!put(picture, x + 1, y, label, style)) put(picture, x - stringWidth(label), y, label, style)
}

/** A card as wide as its widest content, within bounds; all cards are of one size. */
const cardSize = (
  view: ClusterView,
  { width, height }: PaneSize,
  theme: Theme,
  factRows: number,
): { width: number; height: number } => {
  const client = view.clients.some(({ at }) => at !== null) ? 1 : 0
  const wanted = Math.max(
    ...view.nodes.map(node => lineWidth(copiesWords(node.copies, 40)) + 4),
    ...(view.factsFirst
      ? view.nodes.flatMap(node => node.facts.map(({ label, value }) => label.length + value.length + 5))
      : []),
    ...view.nodes.map(node => node.id.length + roleWords(node, false).text.length + 10),
    ...view.nodes.map(node => (node.client === undefined ? 0 : lineWidth(factsWords(node)) + 4)),
    ...view.clients.map(each => lineWidth(clientWords(view, each, theme)) + 2),
  )
  const troubled =
    view.nodes.some(node => node.troubles.length > 0 || node.client !== undefined) ||
    (height >= 24 && view.nodes.some(node => node.facts.length > 0))
  const share = view.nodes.length === 1 ? 0.6 : 0.3
  return {
    width: Math.min(wanted, 30, Math.max(18, Math.floor(width * share))),
    height: 2 + client + (view.factsFirst ? Math.min(factRows, mostRows(view)) : troubled ? 2 : 1),
  }
}

/** Rows without which cards on an ellipse stand too close to show what is between them. */
const LEAST_ROWS = 10

/** The cluster as cards on an ellipse with links between them and messages on their way; undefined when there is no room for that. */
export const clusterPicture = (view: ClusterView, size: PaneSize, theme: Theme): Line[] | undefined => {
  if (view.nodes.length === 0 || (view.nodes.length > 2 && size.height < LEAST_ROWS)) return undefined
  const loose = view.clients.filter(({ at }) => at === null || !view.nodes.some(({ id }) => id === at))
  const area = { width: size.width, height: size.height - (loose.length > 0 ? 1 : 0) }
  // Where facts are all there is to see, as many as there is room for.
  const rects = [3, 2, 1].reduce<readonly Rect[] | undefined>(
    (found, rows) => found ?? cardsAround(view.nodes.length, area, cardSize(view, size, theme, rows)),
    undefined,
  )
  if (!rects) return undefined
  const cards = new Map(view.nodes.map((node, i) => [node.id, rects[i] as Rect]))
  const picture: Picture = { view, theme, cards, canvas: new Canvas(size.width, size.height, theme), taken: new Set() }
  for (const rect of rects) take(picture, rect)
  for (const link of view.links) drawLink(picture, link)
  for (const flight of view.flights) if (flight.purpose === 'heartbeat') drawFlight(picture, flight)
  for (const flight of view.flights) if (flight.purpose !== 'heartbeat') drawFlight(picture, flight)
  for (const link of view.links) drawTroubles(picture, link)
  for (const node of view.nodes) {
    const rect = cards.get(node.id)
    if (rect) drawCard(picture, node, rect)
  }
  if (loose.length > 0) {
    const words = loose.flatMap((client, i): Span[] => [
      ...(i > 0 ? [{ text: '   ' }] : []),
      ...clientWords(view, client, theme),
    ])
    putLine(picture, 0, size.height - 1, truncate(words, size.width, theme))
  }
  return picture.canvas.lines()
}
