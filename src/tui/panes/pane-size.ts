/** The room a pane has, in cells, without its border. */
export interface PaneSize {
  readonly width: number
  readonly height: number
}
