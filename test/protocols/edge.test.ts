import { describe, expect, test } from 'vitest'
import { apiClient } from '../../src/protocols/api-client.ts'
import { edge } from '../../src/protocols/edge.ts'
import { bytesTo, load, replies, shop } from './api-lab.ts'
import type { Laboratory } from './laboratory.ts'

const withEdge = (edgeConfig: object, client: object = {}): Laboratory =>
  shop(
    { servers: ['edge'], ...client },
    { fieldBytes: [5000] },
    {
      servers: ['store', 'app', 'bob', 'carol', 'edge'],
      special: {
        app: { protocol: apiClient, config: { servers: ['edge'], headBytes: 0, ...client } },
        carol: { protocol: apiClient, config: { servers: ['edge'], headBytes: 0 } },
        bob: { protocol: apiClient, config: { servers: ['store'], headBytes: 0 } },
        edge: { protocol: edge, config: { origin: 'store', headBytes: 0, ...edgeConfig } },
      },
    },
  )

describe('an edge', () => {
  test('asks the origin once, and answers from what it keeps until that is too old', () => {
    const lab = withEdge({ ttlMs: 1000 })
    expect([load(lab), load(lab)]).toEqual([20, 10].map(ms => expect.closeTo(ms, 1)))
    lab.run(1000)
    load(lab)
    expect(replies(lab)).toEqual(['200 5.0 kB', '304 not modified'])
  })

  test('lets requests for the same wait for one answer', () => {
    const asked = (coalesce: boolean): number => {
      const lab = withEdge({ coalesce })
      lab.ask('app', 'read', 'page')
      lab.ask('carol', 'read', 'page')
      lab.run(100)
      return replies(lab).length
    }
    expect([asked(true), asked(false)]).toEqual([1, 2])
  })

  test('shows an old value until its copy is too old: a write elsewhere does not reach it', () => {
    const lab = withEdge({ ttlMs: 1000 })
    load(lab)
    lab.ask('bob', 'write', 'page', 'new')
    lab.run(20)
    const early = lab.ask('app', 'read', 'page')
    lab.run(1000)
    const late = lab.ask('app', 'read', 'page')
    lab.run(40)
    expect([lab.result(early), lab.result(late)]).toEqual(['ok', 'ok "new"'])
  })

  test('says 304 for itself to who has the version that it keeps', () => {
    const lab = withEdge({}, { conditional: true })
    load(lab)
    load(lab)
    expect(replies(lab)).toHaveLength(1)
    expect(bytesTo(lab, 'app')).toBe(5000)
  })

  test('passes writes on', () => {
    const lab = withEdge({})
    const op = lab.ask('app', 'write', 'page', 'mine')
    lab.run(40)
    expect([lab.result(op), lab.value('store', 'page')]).toEqual(['ok', 'mine'])
  })
})
