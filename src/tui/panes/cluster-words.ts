import { lineWidth, type Span } from '../line.ts'
import type { Style, Theme } from '../theme.ts'
import type { ClusterClient, ClusterNode, ClusterView, LinkWay, ShownCopy } from './cluster-view.ts'

export const isSelectedNode = (view: ClusterView, id: string): boolean =>
  view.selection?.kind === 'node' && view.selection.node === id

/** The sign before a node's name: who is in charge, who is down. */
export const nodeSign = (node: ClusterNode, theme: Theme): Span => {
  const { glyph } = theme
  if (node.status === 'down') return { text: glyph.crashed, style: 'bad' }
  if (node.status === 'paused') return { text: glyph.paused, style: 'unknown' }
  if (node.authority) return { text: glyph.star, style: 'fresh' }
  return { text: ' ' }
}

export const nameStyle = (view: ClusterView, node: ClusterNode): Style => {
  if (isSelectedNode(view, node.id)) return 'selected'
  return node.status === 'down' ? 'old' : node.fresh ? ['accent', 'strong'] : 'title'
}

/** `leader t3`, or the letter alone: `L t3`. A node that is not up says so. */
export const roleWords = (node: ClusterNode, short: boolean): Span => {
  if (node.status === 'down') return { text: 'down', style: 'bad' }
  const role = short ? node.role.slice(0, 1).toUpperCase() : node.role
  const term = node.term === null ? '' : ` t${node.term}`
  const paused = node.status === 'paused' && !short ? ' paused' : ''
  return {
    text: `${role}${term}${paused}`,
    style: node.authority ? 'fresh' : node.status === 'paused' ? 'unknown' : 'plain',
  }
}

/** `x=1 t2 i3`; a copy that may be rolled back has a question mark. */
export const copyWords = (copy: ShownCopy, withVersion: boolean): readonly Span[] => {
  const value: Span = {
    text: `${copy.key}=${copy.value}${copy.tentative ? '?' : ''}`,
    style: copy.fresh ? 'fresh' : copy.tentative ? 'unknown' : 'plain',
  }
  return withVersion && copy.version !== '' ? [value, { text: ` ${copy.version}`, style: 'old' }] : [value]
}

/** As many copies as fit, with their versions where those fit too; `+3` counts the rest. */
export const copiesWords = (copies: readonly ShownCopy[], width: number): readonly Span[] => {
  for (const withVersion of [true, false]) {
    const all = copies.flatMap((copy, i) => [...(i > 0 ? [{ text: '  ' }] : []), ...copyWords(copy, withVersion)])
    if (lineWidth(all) <= width) return all
  }
  const spans: Span[] = []
  for (const [i, copy] of copies.entries()) {
    const next = [...(i > 0 ? [{ text: ' ' }] : []), ...copyWords(copy, false)]
    const rest = copies.length - i
    if (lineWidth([...spans, ...next]) + (rest > 1 ? 4 : 0) > width) {
      // A first one that is too long is cut by whoever draws it; a count alone would say nothing.
      return i === 0 ? next : [...spans, { text: ` +${rest}`, style: 'old' }]
    }
    spans.push(...next)
  }
  return spans
}

/** A client's latest operation and how it stands: `w x=2 ✓`; nothing before the first. */
export const doingWords = ({ doing, outcome }: ClusterClient, { glyph }: Theme): readonly Span[] => {
  if (doing === '' || outcome === null) return []
  const end: Record<NonNullable<ClusterClient['outcome']>, Span> = {
    open: { text: glyph.ellipsis },
    ok: { text: ` ${glyph.ok}`, style: 'ok' },
    fail: { text: ` ${glyph.bad}`, style: 'bad' },
    unknown: { text: ` ${glyph.unknown}`, style: 'unknown' },
  }
  return [{ text: doing, style: outcome === 'open' ? 'fresh' : 'old' }, end[outcome]]
}

/** Facts in a row: `calls ip-2  knows ip-1 ip-2`. */
export const factsWords = ({ facts }: ClusterNode): readonly Span[] =>
  facts.flatMap(({ label, value }, i): Span[] => [
    { text: `${i > 0 ? '  ' : ''}${label} `, style: 'old' },
    { text: value },
  ])

/** A client's latest operation after its name: `alice w x=2 ✓`. */
export const clientWords = (view: ClusterView, client: ClusterClient, theme: Theme): readonly Span[] => {
  const { glyph } = theme
  const selected = isSelectedNode(view, client.id)
  const name: Span = { text: client.id, style: selected ? 'selected' : client.status === 'up' ? 'plain' : 'old' }
  const status: readonly Span[] =
    client.status === 'down'
      ? [{ text: ` ${glyph.crashed} down`, style: 'bad' }]
      : client.status === 'paused'
        ? [{ text: ` ${glyph.paused} paused`, style: 'unknown' }]
        : []
  const doing = doingWords(client, theme)
  return [name, ...status, ...(doing.length > 0 ? [{ text: ' ' }] : []), ...doing]
}

/** What is wrong with one direction of a link, in words; empty when nothing is. */
export const wayWords = (way: LinkWay): string => [...(way.cut ? ['cut'] : []), ...way.troubles].join(', ')
