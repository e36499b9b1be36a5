import type { Line } from '../line.ts'
import type { Theme } from '../theme.ts'
import { clusterPicture } from './cluster-picture.ts'
import { clusterTable } from './cluster-table.ts'
import type { ClusterView } from './cluster-view.ts'
import type { PaneSize } from './pane-size.ts'

/** The cluster at one instant: a picture where there is room for one, otherwise a table. */
export const cluster = (view: ClusterView, size: PaneSize, theme: Theme): Line[] => {
  if (size.width < 10 || size.height < 1) return []
  return clusterPicture(view, size, theme) ?? clusterTable(view, size, theme)
}
