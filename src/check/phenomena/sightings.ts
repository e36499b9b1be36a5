import type { Phenomenon } from '../phenomenon.ts'

/** Sightings in the order of their making. Adding copies one short page, so that old moments of a run cost little to keep. */
export interface Sightings {
  readonly earlier: Sightings | null
  readonly page: readonly Phenomenon[]
}

const pageLength = 64

export const noSightings: Sightings = { earlier: null, page: [] }

export const withSighting = (sightings: Sightings, sighting: Phenomenon): Sightings =>
  sightings.page.length < pageLength
    ? { earlier: sightings.earlier, page: [...sightings.page, sighting] }
    : { earlier: sightings, page: [sighting] }

/** All sightings, earliest first. */
export const listed = (sightings: Sightings): readonly Phenomenon[] => {
  const pages: (readonly Phenomenon[])[] = []
  for (let at: Sightings | null = sightings; at !== null; at = at.earlier) pages.push(at.page)
  return pages.length === 1 ? sightings.page : pages.reverse().flat()
}
