import { expect, test } from 'vitest'
import { configFault, defaultsOf } from '../../src/protocols/config-doc.ts'
import { raftDefaults } from '../../src/protocols/raft-config.ts'
import { raftDocs } from '../../src/protocols/raft-docs.ts'

test('the described options are the options, with their defaults', () => {
  expect(defaultsOf(raftDocs)).toEqual(raftDefaults)
})

test('the defaults fit their own descriptions', () => {
  expect(configFault(raftDocs, defaultsOf(raftDocs))).toBeNull()
})
