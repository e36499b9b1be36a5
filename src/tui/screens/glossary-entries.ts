import { detectors } from '../../check/phenomena/detectors.ts'

/** The phenomena, as their detectors define them: name and definition. */
export const detectorEntries: readonly (readonly [string, string])[] = detectors.map(detector => [
  detector.name,
  detector.definition,
])
