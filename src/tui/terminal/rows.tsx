import { Box, Text, Transform, useIsScreenReaderEnabled } from 'ink'
import type { ReactElement } from 'react'

/** Drawn over by the rows; one constant text a size, so that Ink measures it once. */
const blanks = new Map<string, string>()
const MAX_BLANKS = 64

const blankBlock = (width: number, height: number): string => {
  const key = `${width}x${height}`
  let block = blanks.get(key)
  if (block === undefined) {
    if (blanks.size >= MAX_BLANKS) blanks.clear()
    block = new Array<string>(height).fill(' '.repeat(width)).join('\n')
    blanks.set(key, block)
  }
  return block
}

/** Shows lines that are already laid out and styled, each at most `width` columns wide: the way all panes are shown. */
export const Rows = ({ rows, width, height }: RowsProps): ReactElement | null => {
  const screenReader = useIsScreenReaderEnabled()
  if (width < 1 || height < 1) return null
  if (screenReader) return <Text>{rows.join('\n')}</Text>
  return (
    <Box width={width} height={height} flexShrink={0}>
      <Transform transform={(_, index) => rows[index] ?? ''}>{blankBlock(width, height)}</Transform>
    </Box>
  )
}

interface RowsProps {
  readonly rows: readonly string[]
  /** Columns and rows of the pane. */
  readonly width: number
  readonly height: number
}
