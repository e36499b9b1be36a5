import { Box, renderToString, Text, Transform } from 'ink'
import { createElement as h, type ReactElement, type ReactNode } from 'react'

/** Texts that layout and output treat differently: wide, joined, combining, styled, compound codes, links, tabs. */
const WORDS = [
  'alpha',
  'β-beta',
  '────',
  '│ ● ○ │',
  '⠿⣿⡇',
  '日本語',
  '😀 ok',
  '👨‍👩‍👧 fam',
  'e\u0301clair',
  '\x1b[31mred\x1b[39m',
  '\x1b[1;38;5;200mcompound\x1b[0m tail',
  '\x1b[2mdim\x1b[1mboth\x1b[22m',
  'tab\tx',
  'a b  c',
  '✓ done ⚠ warn',
  '⚠️',
  '→ ⇒ ≤',
  '\x1b]8;;http://x\x07link\x1b]8;;\x07',
  '™ © ½',
  '1️⃣',
  'long '.repeat(12),
  '\x1b[36mcyan \x1b[1mbold\x1b[0m off',
] as const
const COLOURS = ['red', '#ff8800', 'ansi256(99)', 'greenBright', 'rgb(1,2,3)'] as const
const WRAPS = ['wrap', 'truncate', 'truncate-middle', 'truncate-start'] as const
const DIRECTIONS = ['row', 'column', 'row-reverse', 'column-reverse'] as const
const BORDERS = ['round', 'single', 'double', 'classic'] as const

/** A linear congruential generator (Numerical Recipes): the same trees on every run. */
const draws = (seed: number): ((below: number) => number) => {
  let state = seed >>> 0
  return below => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const treeOf = (seed: number): ReactElement => {
  const draw = draws(seed)
  const pick = <T>(list: readonly T[]): T => list[draw(list.length)] as T
  const sometimes = <T>(oneIn: number, value: T): T | undefined => (draw(oneIn) === 0 ? value : undefined)
  const text = (depth: number, key: number): ReactElement =>
    h(
      Text,
      {
        key,
        ...(draw(2) ? { color: pick(COLOURS) } : {}),
        ...(draw(5) ? {} : { backgroundColor: pick(COLOURS) }),
        bold: draw(4) === 0,
        dimColor: draw(5) === 0,
        italic: draw(7) === 0,
        underline: draw(7) === 0,
        inverse: draw(9) === 0,
        wrap: pick(WRAPS),
      },
      `${pick(WORDS)} ${pick(WORDS)}`,
      depth > 0 && draw(2) ? text(depth - 1, 1) : null,
      sometimes(3, `\n${pick(WORDS)}`),
    )
  const node = (depth: number, key: number): ReactNode => {
    const kind = draw(10)
    if (depth === 0 || kind < 3) return text(2, key)
    if (kind === 3)
      return h(Transform, { key, transform: (line, index) => `${index}:${line.toUpperCase()}` }, text(1, 0))
    const props = {
      key,
      flexDirection: pick(DIRECTIONS),
      overflow: draw(3) ? ('visible' as const) : ('hidden' as const),
      padding: draw(3) ? 0 : 1,
      marginLeft: draw(4) ? draw(3) : -draw(3),
      marginTop: draw(6) ? 0 : -1,
      gap: draw(2),
      flexGrow: draw(2),
      ...(draw(3) ? {} : { borderStyle: pick(BORDERS), borderColor: pick(COLOURS) }),
      ...(draw(3) ? {} : { width: 5 + draw(40) }),
      ...(draw(4) ? {} : { height: 1 + draw(8) }),
      ...(draw(6) ? {} : { backgroundColor: pick(COLOURS) }),
    }
    return h(
      Box,
      props,
      Array.from({ length: 1 + draw(4) }, (_, index) => node(depth - 1, index)),
    )
  }
  return h(Box, { flexDirection: 'column', width: 80, ...(draw(2) ? { height: 30 } : {}) }, node(4, 0))
}

/** What Ink makes of the tree of this seed, or the error it throws. */
export const renderSeed = (seed: number): string => {
  try {
    return renderToString(treeOf(seed), { columns: 80 })
  } catch (error) {
    return `error: ${error instanceof Error ? error.message : String(error)}`
  }
}
