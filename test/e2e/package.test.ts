import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { launch, temporary } from './tutor.ts'

it('the tarball runs where nothing else is installed', async () => {
  const folder = temporary()
  const npm = (args: readonly string[], cwd: string): string =>
    execFileSync('npm', [...args, '--ignore-scripts', '--silent'], { cwd, encoding: 'utf8' })
  npm(['pack', '--pack-destination', folder], process.cwd())
  const [tarball = ''] = readdirSync(folder)
  npm(['install', '--offline', '--no-audit', '--no-fund', '--prefix', folder, join(folder, tarball)], folder)
  expect(readdirSync(join(folder, 'node_modules')).filter(name => !name.startsWith('.'))).toEqual(['netsplit'])

  const command = join(folder, 'node_modules', '.bin', 'netsplit')
  const { PATH } = process.env
  const netsplit = (...args: readonly string[]): string =>
    execFileSync(command, args, { cwd: folder, encoding: 'utf8', env: { PATH, HOME: folder, LANG: 'C.UTF-8' } })
  expect(netsplit('--version')).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(JSON.parse(netsplit('list', '--json')).length).toBeGreaterThan(0)
  expect(netsplit('lab', '--list')).toContain('raft')

  const terminal = launch({ command, cwd: folder, args: [] })
  await terminal.until('a laboratory of distributed systems')
  terminal.send('q')
  expect((await terminal.exited).exitCode).toBe(0)
})
