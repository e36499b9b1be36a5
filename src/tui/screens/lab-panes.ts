import type { Selection as Picked } from '../../lab/acts-for.ts'
import type { Command } from '../../lab/command.ts'
import { printCommand } from '../../lab/command-text.ts'
import type { ViewName } from '../../lab/definition.ts'
import type { Lab } from '../../lab/lab.ts'
import type { Session } from '../../lab/session.ts'
import { type BoxOptions, box } from '../layout.ts'
import type { Line } from '../line.ts'
import { axisWindow } from '../panes/axis.ts'
import { cluster } from '../panes/cluster.ts'
import type { Selection } from '../panes/cluster-view.ts'
import { comparison } from '../panes/comparison.ts'
import { numbers } from '../panes/numbers.ts'
import type { PaneSize } from '../panes/pane-size.ts'
import { plotWidth, spaceTime } from '../panes/space-time.ts'
import { verdict } from '../panes/verdict.ts'
import type { VerdictView } from '../panes/verdict-view.ts'
import { clusterScene } from '../scenes/cluster-scene.ts'
import { numbersScene } from '../scenes/numbers-scene.ts'
import { lanesOf, spaceTimeScene } from '../scenes/space-time-scene.ts'
import { findingsOf, verdictScene } from '../scenes/verdict-scene.ts'
import type { Theme } from '../theme.ts'
import type { LabState } from './lab-state.ts'
import { verdictsOf } from './lab-verdicts.ts'

const shownSelection = (picked: Picked | null): Selection | null => {
  switch (picked?.type) {
    case undefined:
      return null
    case 'node':
      return { kind: 'node', node: picked.node }
    case 'link':
      return { kind: 'link', a: picked.from, b: picked.to }
    case 'message':
      return { kind: 'message', message: picked.message }
  }
}

const spaceTimeOf = (state: LabState, session: Session, size: PaneSize) => {
  const width = plotWidth({ lanes: lanesOf(session) }, size.width)
  return spaceTimeScene(session, {
    window: axisWindow(session.nowUs, null, width, state.usPerCell),
    cursor: state.playing ? null : (session.event?.index ?? null),
    lit: state.lit && !state.playing,
    heartbeats: state.heartbeats,
    selected: state.selection?.type === 'message' ? state.selection.message : null,
  })
}

/** What a command does, in the lab's own words where it is one of its keys. */
const commandWords = (command: Command, lab: Lab): string => {
  const { do: deed } = command
  const key = deed.verb === 'key' ? lab.keys.find(candidate => candidate.letter === deed.key) : undefined
  return key?.label ?? printCommand(command)
}

const compared = (state: LabState, size: PaneSize, theme: Theme): Line[] | null => {
  if (!state.compared) return null
  const { at, without, parts } = state.compared
  const command = state.session.commands[at]
  const words = command ? commandWords(command, state.session.lab) : ''
  const runs = [
    { label: `with: ${words}`, view: spaceTimeOf(state, state.session, size) },
    { label: 'without it', view: spaceTimeOf(state, without, size) },
  ] as const
  return comparison({ runs, partUs: parts?.atUs ?? null }, size, theme)
}

/** The lines of one pane of a lab, without its border. */
const paneLines = (view: ViewName, state: LabState, size: PaneSize, theme: Theme): Line[] => {
  const { session } = state
  switch (view) {
    case 'cluster':
      return cluster(clusterScene(session, shownSelection(state.selection)), size, theme)
    case 'space-time':
      return compared(state, size, theme) ?? spaceTime(spaceTimeOf(state, session, size), size, theme)
    case 'verdict': {
      const scene = verdictScene(session, verdictsOf(session, state.playing), null)
      return verdict(withFindings(scene, state), size, theme)
    }
    case 'numbers':
      return numbers(numbersScene(session, null, state.prices ?? {}), size, theme)
  }
}

/** While the arrows go through the sightings, all of them stay in the list, also those after the cursor. */
const withFindings = (scene: VerdictView, { findings }: LabState): VerdictView =>
  findings ? { ...scene, findings: findingsOf(findings.all), selected: findings.at } : scene

const TITLES: { readonly [view in ViewName]: string } = {
  cluster: 'cluster',
  'space-time': 'space-time',
  verdict: 'verdict',
  numbers: 'numbers',
}

/** One pane in its border, exactly of this size. */
export const framedPane = (view: ViewName, state: LabState, width: number, height: number, theme: Theme): Line[] => {
  const focus = state.pane === view
  const options: BoxOptions = {
    width,
    height,
    title: TITLES[view],
    style: focus ? 'accent' : 'old',
    titleStyle: focus ? ['accent', 'strong'] : 'title',
  }
  return box(paneLines(view, state, { width: width - 4, height: height - 2 }, theme), options, theme)
}
