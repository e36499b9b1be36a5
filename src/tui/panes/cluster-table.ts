import { beside } from '../layout.ts'
import { type Line, lineWidth, type Span, toWidth, truncate } from '../line.ts'
import type { Theme } from '../theme.ts'
import type { ClusterClient, ClusterFlight, ClusterLink, ClusterNode, ClusterView } from './cluster-view.ts'
import {
  clientWords,
  copiesWords,
  doingWords,
  factsWords,
  nameStyle,
  nodeSign,
  roleWords,
  wayWords,
} from './cluster-words.ts'
import type { PaneSize } from './pane-size.ts'
import { PURPOSE_STYLES } from './purpose-style.ts'

/** The widths of the columns of the table, so that names, roles and values stand under one another. */
interface Widths {
  readonly name: number
  readonly role: number
  readonly short: boolean
}

const widthsFor = (view: ClusterView, width: number): Widths => {
  const name = Math.max(2, ...view.nodes.map(node => node.id.length))
  const short = width < 34
  const role = Math.max(0, ...view.nodes.map(node => roleWords(node, short).text.length))
  return { name, role, short }
}

/** Its facts, and what it does last where there is room for that. */
const clientCardRow = (head: Line, node: ClusterNode, client: ClusterClient, width: number, theme: Theme): Line => {
  const troubles: Span[] = node.troubles.map(text => ({ text: ` ${theme.glyph.note} ${text}`, style: 'unknown' }))
  const facts: Line = [...head, ...factsWords(node), ...troubles]
  const whole: Line = [...facts, { text: node.facts.length > 0 ? '  ' : '' }, ...doingWords(client, theme)]
  return lineWidth(whole) <= width ? whole : truncate(facts, width, theme)
}

const nodeRow = (view: ClusterView, node: ClusterNode, width: number, widths: Widths, theme: Theme): Line => {
  const role = roleWords(node, widths.short)
  const head: Span[] = [
    nodeSign(node, theme),
    { text: ' ' },
    { text: node.id, style: nameStyle(view, node) },
    { text: ' '.repeat(widths.name - node.id.length + 1) },
    { ...role, text: role.text.padEnd(widths.role) },
    { text: '  ' },
  ]
  const clients = view.clients.filter(client => client.at === node.id)
  const troubles: Span[] = node.troubles.map(text => ({ text: ` ${theme.glyph.note} ${text}`, style: 'unknown' }))
  const words = clients.flatMap((client): Span[] => [{ text: '   ' }, ...clientWords(view, client, theme)])
  const room = width - lineWidth(head)
  const tail = [[...troubles, ...words], words, []].find(spans => lineWidth(spans) + 12 <= room) ?? []
  if (node.client !== undefined && node.status !== 'down') return clientCardRow(head, node, node.client, width, theme)
  const instead = node.copies.length === 0 && node.factsChosen === true ? factsWords(node) : []
  const copies =
    node.status === 'down' ? [] : [...copiesWords(node.copies, Math.max(4, room - lineWidth(tail))), ...instead]
  return truncate([...head, ...copies, ...tail], width, theme)
}

/** Clients whose line does not stand beside their node. */
const clientRows = (view: ClusterView, width: number, theme: Theme): Line[] => {
  const rows: Span[][] = []
  for (const client of view.clients) {
    const words = clientWords(view, client, theme)
    const last = rows.at(-1)
    if (last && lineWidth(last) + 3 + lineWidth(words) <= width) last.push({ text: '   ' }, ...words)
    else rows.push([...words])
  }
  return rows.map(row => truncate(row, width, theme))
}

const linkRow = (view: ClusterView, { a, b, forth, back }: ClusterLink, theme: Theme): Line => {
  const { glyph } = theme
  const selected =
    view.selection?.kind === 'link' &&
    new Set([view.selection.a, view.selection.b, a, b]).size === 2 &&
    view.selection.a !== view.selection.b
  const style = selected ? 'selected' : 'plain'
  const one = (from: string, to: string, words: string): Line => [
    { text: `${from} ${glyph.right} ${to}`, style },
    { text: ` ${words}`, style: words.startsWith('cut') ? 'bad' : 'unknown' },
  ]
  const [there, here] = [wayWords(forth), wayWords(back)]
  if (there === here) {
    const sign: Span = {
      text: forth.cut ? ` ${glyph.cut} ` : ` ${glyph.dashed} `,
      style: forth.cut ? 'bad' : 'unknown',
    }
    return [{ text: a, style }, sign, { text: b, style }, { text: forth.cut ? '' : ` ${there}`, style: 'unknown' }]
  }
  return [
    ...(there ? one(a, b, there) : []),
    ...(there && here ? [{ text: '  ' }] : []),
    ...(here ? one(b, a, here) : []),
  ]
}

/** One message under way: what it is, from whom to whom, how far. */
export const flightRow = (view: ClusterView, flight: ClusterFlight, width: number, theme: Theme): Line => {
  const { glyph } = theme
  const selected = view.selection?.kind === 'message' && view.selection.message === flight.id
  const share: Span = flight.held
    ? { text: ` ${glyph.paused} held`, style: 'unknown' }
    : { text: `${String(Math.floor(flight.part * 100)).padStart(4)} %`, style: 'old' }
  const route: Span = {
    text: `${flight.from} ${glyph.right} ${flight.to}`.padEnd(10),
    style: selected ? 'selected' : 'plain',
  }
  const room = width - lineWidth([route, share]) - 2
  const label = toWidth([{ text: flight.label, style: PURPOSE_STYLES[flight.purpose] }], Math.max(0, room), theme)
  return truncate([route, { text: '  ' }, ...label, share], width, theme)
}

/** The messages under way, the selected one always among them; the last row counts those that found no room. */
export const flightRows = (view: ClusterView, width: number, rows: number, theme: Theme): Line[] => {
  if (rows <= 0) return []
  const telling = view.flights.filter(flight => flight.purpose !== 'heartbeat' || isSelected(view, flight))
  const quiet = view.flights.length - telling.length
  const hidden = quiet > 0 ? [{ text: `${quiet} heartbeat${quiet > 1 ? 's' : ''}`, style: 'old' as const }] : []
  const most = rows - (hidden.length > 0 || telling.length > rows ? 1 : 0)
  const chosen = telling.findIndex(flight => isSelected(view, flight))
  const first = Math.max(0, Math.min(chosen - most + 1, telling.length - most))
  const shown = telling.slice(first, first + most).map(flight => flightRow(view, flight, width, theme))
  const more = telling.length - shown.length
  const foot: Span[] = [...(more > 0 ? [{ text: `${more} more  `, style: 'old' as const }] : []), ...hidden]
  return foot.length > 0 ? [...shown, truncate(foot, width, theme)] : shown
}

const isSelected = (view: ClusterView, flight: ClusterFlight): boolean =>
  view.selection?.kind === 'message' && view.selection.message === flight.id

const hasTrouble = ({ forth, back }: ClusterLink): boolean => wayWords(forth) !== '' || wayWords(back) !== ''

/** Links with something wrong that the groups do not tell already. */
const linkRows = (view: ClusterView, theme: Theme): Line[] => {
  const groupOf = (id: string): number => view.groups.findIndex(group => group.some(node => node === id))
  const isTold = ({ a, b, forth, back }: ClusterLink): boolean =>
    forth.cut && back.cut && groupOf(a) !== groupOf(b) && groupOf(a) >= 0 && groupOf(b) >= 0
  return view.links.filter(link => hasTrouble(link) && !isTold(link)).map(link => linkRow(view, link, theme))
}

/** What is wrong with nodes whose row had no room for it. */
const troubleRows = (view: ClusterView, told: readonly string[], theme: Theme): Line[] =>
  view.nodes
    .filter(({ troubles }) => troubles.some(text => !told.some(span => span.includes(text))))
    .map(({ id, troubles }) => [
      { text: id },
      { text: ` ${theme.glyph.note} ${troubles.join(', ')}`, style: 'unknown' },
    ])

const groupColumns = (view: ClusterView, width: number, theme: Theme): Line[] => {
  const parted = view.groups.length > 1
  const gap = 5
  const each = Math.floor((width - gap * (view.groups.length - 1)) / view.groups.length)
  const widths = widthsFor(view, each)
  const columns = view.groups.map(group => ({
    width: each,
    lines: group.flatMap(id => {
      const node = view.nodes.find(known => known.id === id)
      return node ? [nodeRow(view, node, each, widths, theme)] : []
    }),
  }))
  const height = Math.max(0, ...columns.map(({ lines }) => lines.length))
  const wall: Line[] = Array.from({ length: height }, () => [{ text: `  ${theme.glyph.cut}  `, style: 'bad' }])
  const parts = columns.flatMap((column, i) => (i > 0 && parted ? [{ lines: wall, width: gap }, column] : [column]))
  return beside(parts, theme, 0)
}

/** Whether a node whose whole row is facts, a balancer or a sheet of sums, would have some of them cut off at this width. */
const factsAreCut = (view: ClusterView, width: number): boolean => {
  const { name, role } = widthsFor(view, width)
  const head = name + role + 5
  return view.nodes.some(
    node =>
      node.factsChosen === true &&
      node.copies.length === 0 &&
      node.status !== 'down' &&
      head + lineWidth(factsWords(node)) > width,
  )
}

/** The compact form: a row a node, the sides of a partition beside one another, then what is wrong with links and what is under way. */
export const clusterTable = (view: ClusterView, { width, height }: PaneSize, theme: Theme): Line[] => {
  // Callers with facts of their own need the whole width.
  const cards = view.nodes.some(({ client }) => client !== undefined)
  const flightsWidth = Math.min(44, Math.floor(width * 0.42))
  const parted = view.groups.length > 1
  const aside = parted || width < 76 || cards || factsAreCut(view, width - flightsWidth - 3) ? 0 : flightsWidth
  const nodes = groupColumns(view, width - (aside > 0 ? aside + 3 : 0), theme)
  const lost = view.clients.filter(({ at }) => at === null || !view.nodes.some(({ id }) => id === at)).length > 0
  const told = nodes.flatMap(row => row.map(({ text }) => text))
  const missing = view.clients.some(({ id }) => !told.includes(id))
  const clients = lost || missing ? clientRows(view, width - (aside > 0 ? aside + 3 : 0), theme) : []
  const left = [...nodes, ...clients, ...troubleRows(view, told, theme), ...linkRows(view, theme)].map(row =>
    truncate(row, width, theme),
  )
  if (aside === 0) {
    const room = height - left.length
    return [...left, ...flightRows(view, Math.min(width, 64), room, theme)].slice(0, height)
  }
  const right = flightRows(view, aside, height, theme)
  return beside(
    [
      { lines: left.slice(0, height), width: width - aside - 3 },
      { lines: right, width: aside },
    ],
    theme,
    3,
  )
}
