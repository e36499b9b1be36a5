import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/**/*.test.{ts,tsx}'],
    pool: 'forks',
    // By default one core would stay idle.
    maxWorkers: '100%',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Ink prints only its last frame when CI is set, and chalk must not colour golden files.
    env: { CI: '', FORCE_COLOR: '0' },
  },
})
