import manifest from '../package.json' with { type: 'json' }

/** The version of this netsplit, from its manifest. */
export const { version } = manifest
