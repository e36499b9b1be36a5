import { expect, test } from 'vitest'
import { configFault, defaultsOf } from '../../src/protocols/config-doc.ts'
import { primaryBackupDefaults } from '../../src/protocols/primary-backup-config.ts'
import { primaryBackupDocs } from '../../src/protocols/primary-backup-docs.ts'

test('the described options are the options, with their defaults', () => {
  expect(defaultsOf(primaryBackupDocs)).toEqual(primaryBackupDefaults)
})

test('the defaults fit their own descriptions', () => {
  expect(configFault(primaryBackupDocs, defaultsOf(primaryBackupDocs))).toBeNull()
})
