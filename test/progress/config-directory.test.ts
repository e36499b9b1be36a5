import { expect, test } from 'vitest'
import { configDirectory } from '../../src/progress/config-directory.ts'

const cases: readonly [string, { readonly [name: string]: string }, NodeJS.Platform, string][] = [
  ['NETSPLIT_CONFIG_DIR before all', { NETSPLIT_CONFIG_DIR: '/n', XDG_CONFIG_HOME: '/x', HOME: '/h' }, 'linux', '/n'],
  ['XDG_CONFIG_HOME', { XDG_CONFIG_HOME: '/x', HOME: '/h' }, 'linux', '/x/netsplit'],
  ['a relative XDG_CONFIG_HOME does not count', { XDG_CONFIG_HOME: 'x', HOME: '/h' }, 'linux', '/h/.config/netsplit'],
  [
    'empty variables do not count',
    { NETSPLIT_CONFIG_DIR: '', XDG_CONFIG_HOME: '', HOME: '/h' },
    'darwin',
    '/h/.config/netsplit',
  ],
  ['APPDATA on Windows', { APPDATA: '/roaming', HOME: '/h' }, 'win32', '/roaming/netsplit'],
]

test.each(cases)('%s', (_, env, platform, expected) => {
  expect(configDirectory(env, platform)).toBe(expected)
})
