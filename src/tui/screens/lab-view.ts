import type { ViewName } from '../../lab/definition.ts'
import { keyActs } from '../../lab/key-acts.ts'
import type { Price } from '../../lab/price.ts'
import type { Session } from '../../lab/session.ts'
import { beside, wrap } from '../layout.ts'
import { blankLine, type Line, line, truncate } from '../line.ts'
import type { KeyHint } from '../panes/key-line.ts'
import type { KnobState } from '../panes/lab-lines.ts'
import { logLines } from '../panes/lab-lines.ts'
import { lampLines } from '../panes/lamp-lines.ts'
import { lampsOf } from '../scenes/lamps-scene.ts'
import type { Theme } from '../theme.ts'
import { framedPane } from './lab-panes.ts'
import { type Drawer, type LabState, SPEEDS } from './lab-state.ts'
import { firstRow } from './list-state.ts'
import { namedFirst } from './page-keys.ts'

/** From this size on the panes stand together; below it the one with the focus has all the room. */
const TOGETHER = { width: 72, height: 25 }

/** Which pane shares the upper row with the cluster: the one with the focus, or the first that the lab names. */
const companion = (state: LabState): ViewName | undefined => {
  const others = state.session.lab.views.filter(view => view === 'verdict' || view === 'numbers')
  return others.find(view => view === state.pane) ?? others[0]
}

/** The pane that is shown where there is room for one. */
const foremost = (state: LabState): ViewName =>
  state.pane === 'text' ? (state.session.lab.views[0] ?? 'cluster') : state.pane

/** The panes of a lab as lines of exactly this width and height. */
export const labLines = (state: LabState, width: number, height: number, theme: Theme): Line[] => {
  const lamps = lampLines(lampsOf(state.session), width, theme)
  return [...lamps, ...panesLines(state, width, height - lamps.length, theme)]
}

const panesLines = (state: LabState, width: number, height: number, theme: Theme): Line[] => {
  const { views } = state.session.lab
  if (state.compared) return framedPane('space-time', state, width, height, theme)
  if (width < TOGETHER.width || height < TOGETHER.height || views.length < 2)
    return framedPane(foremost(state), state, width, height, theme)
  const lanes = state.session.servers.length + state.session.clients.length
  const below = views.includes('space-time')
    ? Math.max(Math.min(lanes * 2 + 6, height - 12), Math.floor(height * 0.45))
    : 0
  const above = height - below
  const beneath = below > 0 ? framedPane('space-time', state, width, below, theme) : []
  return [...upperRow(state, width, above, theme), ...beneath]
}

const upperRow = (state: LabState, width: number, height: number, theme: Theme): Line[] => {
  const second = companion(state)
  if (!state.session.lab.views.includes('cluster'))
    return framedPane(second ?? foremost(state), state, width, height, theme)
  if (!second) return framedPane('cluster', state, width, height, theme)
  const left = Math.floor(width * 0.56)
  return beside(
    [
      { lines: framedPane('cluster', state, left, height, theme), width: left },
      { lines: framedPane(second, state, width - left, height, theme), width: width - left },
    ],
    theme,
    0,
  )
}

/** The speed as the head line writes it. */
export const paceWords = (state: LabState): string => `${SPEEDS[state.speed] ?? 1}x`

/** The knobs and what they stand at. */
export const knobStates = ({ session }: LabState): readonly KnobState[] =>
  session.lab.knobs.map(knob => {
    const now = session.settings[knob.name] ?? knob.initial
    return {
      key: knob.key,
      label: knob.label,
      value: knob.values.find(value => value.name === now)?.label ?? now,
      turned: now !== knob.initial,
    }
  })

/** The knobs, one a line, where there is a column for them. */
export const knobLines = (state: LabState, width: number, theme: Theme): Line[] =>
  knobStates(state).map(knob =>
    truncate(
      [
        { text: `${knob.key ?? ' '} `, style: 'key' },
        { text: `${knob.label}: `, style: 'old' },
        { text: knob.value, style: knob.turned ? 'fresh' : 'plain' },
      ],
      width,
      theme,
    ),
  )

/** A lab, and the nodes that its switches leave in it. */
type Cast = Pick<Session, 'lab' | 'servers' | 'clients'>

/** The lab's own keys, for the foot of the screen: those that can do something with the nodes that take part, first those that the page `names`. */
export const labHints = (
  { session }: { readonly session: Cast },
  names: readonly string[] = [],
): readonly KeyHint[] => {
  const present = [...session.servers, ...session.clients]
  const hints = session.lab.keys
    .filter(key => keyActs(key, session.lab, present))
    .map(({ letter, label }) => ({ key: letter, label }))
  return namedFirst(hints, names)
}

/** What became of the latest commands. */
export const logOf = ({ session }: LabState, width: number, rows: number, theme: Theme): Line[] =>
  logLines(
    session.log
      .filter(entry => entry.of === null || entry.state === 'skipped')
      .map(({ text, state, why, atUs }) => ({ text, state, why: why ?? '', atUs })),
    width,
    rows,
    theme,
  )

const listLines = (rows: readonly string[], cursor: number, height: number, theme: Theme): Line[] => {
  const first = Math.max(0, firstRow(cursor, rows.length, height))
  return rows.slice(first, first + height).map((text, index): Line => {
    const lit = first + index === cursor
    return [
      { text: lit ? `${theme.glyph.pointer} ` : '  ', style: 'accent' },
      { text, style: lit ? 'strong' : 'plain' },
    ]
  })
}

const PER: { readonly [per in Price['per']]: string } = { GB: 'a GB', hour: 'an hour', million: 'a million' }

/** A row a price: what it is for, the amount, and the lab's own where it was changed. */
const priceLines = (
  { list, typed }: Extract<Drawer, { readonly kind: 'prices' }>,
  state: LabState,
  width: number,
  theme: Theme,
): Line[] => {
  const { prices, definition } = state.session.lab
  const { asOf = '', source = '' } = definition.prices ?? {}
  const rows = prices.map(({ id, say, usd, per }, at): Line => {
    const lit = at === list.cursor
    const now = state.prices?.[id] ?? usd
    const amount = lit && typed !== '' ? `${typed}_` : String(now)
    const before = now === usd ? '' : ` (was ${usd})`
    return truncate(
      [
        { text: lit ? `${theme.glyph.pointer} ` : '  ', style: 'accent' },
        { text: `${say}: `, style: lit ? 'strong' : 'plain' },
        { text: `$${amount} ${PER[per]}`, style: lit ? 'fresh' : 'plain' },
        { text: before, style: 'old' },
      ],
      width,
      theme,
    )
  })
  return [
    [{ text: `Prices of ${asOf}`, style: 'title' }],
    ...wrap([{ text: source, style: 'old' }], width),
    blankLine,
    ...rows,
    blankLine,
    ...wrap('Type an amount and press enter. It holds until you quit; goals keep the prices of the lab.', width),
    line('esc goes back.', 'old'),
  ]
}

/** What lies over the text while a drawer is open. */
export const drawerLines = (drawer: Drawer, state: LabState, width: number, height: number, theme: Theme): Line[] => {
  const rows = Math.max(1, height - 2)
  switch (drawer.kind) {
    case 'menu':
      return [
        [{ text: `What happens to ${drawer.title}?`, style: 'title' }],
        blankLine,
        ...listLines(
          drawer.choices.map(({ label }) => label),
          drawer.list.cursor,
          rows,
          theme,
        ),
      ]
    case 'branches': {
      const { branches } = state.session
      const said = branches.map(({ commands, current }) => `${current ? '(this one) ' : ''}${commands.length} commands`)
      const nothing = wrap(
        'Only this one so far. Go back with the left arrow and do something else: that opens another.',
        width,
      )
      return [
        [{ text: 'Branches of this run', style: 'title' }],
        blankLine,
        ...(branches.length === 0 ? nothing : listLines(said, drawer.list.cursor, rows, theme)),
      ]
    }
    case 'code':
      return [
        [{ text: 'This run, as one line to copy', style: 'title' }],
        blankLine,
        ...wrap([{ text: drawer.code, style: 'accent' }], width),
        blankLine,
        ...wrap("Whoever runs it with netsplit run '…' sees the same run, event for event.", width),
        blankLine,
        line('esc goes back.', 'old'),
      ]
    case 'prices':
      return priceLines(drawer, state, width, theme)
    case 'confirm-reset':
      return [
        [{ text: 'Begin the run anew?', style: 'title' }],
        blankLine,
        ...wrap('Everything you did to it is taken away.', width),
        blankLine,
        [{ text: 'y', style: 'key' }, { text: ' yes   ' }, { text: 'n', style: 'key' }, { text: ' no' }],
      ]
  }
}
