import { Box } from 'ink'
import type { ReactElement } from 'react'
import { Rows } from '../terminal/rows.tsx'
import type { Frame, Tile } from './frame.ts'

const Placed = ({ tile }: { readonly tile: Tile }): ReactElement => (
  <Rows rows={tile.rows} width={tile.width} height={tile.height} />
)

/** The whole screen: Ink lays the tiles out, the rows come ready from the panes. */
export const App = ({ frame }: { readonly frame: Frame }): ReactElement => (
  <Box flexDirection="column">
    <Placed tile={frame.head} />
    <Box>
      {frame.columns.map((column, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: columns and tiles have no identity but their place
        <Box key={index} flexDirection="column" width={column.width}>
          {column.tiles.map((tile, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above
            <Placed key={row} tile={tile} />
          ))}
        </Box>
      ))}
    </Box>
    <Placed tile={frame.foot} />
  </Box>
)
