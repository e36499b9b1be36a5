import { describe, expect, test } from 'vitest'
import { splitBrain } from '../../../src/check/phenomena/split-brain.ts'
import { Play } from './play.ts'

describe('split-brain through a store that both use', () => {
  const put = (play: Play, at: number, op: string, by: string) =>
    play.note(at, 'n3', 'applied', { key: 'x', op, over: null, by })

  test('each has acted when the store carries out what it sent, whenever that was asked for', () => {
    const play = new Play(splitBrain).leads(1, 'n1', 1, 'x')
    const a = play.invoke(5, 'alice', 'add', 1)
    play.leads(10, 'n2', 2, 'x')
    const b = play.invoke(11, 'bob', 'add', 1)
    put(put(play, 20, a, 'n1'), 30, b, 'n2')
    expect(play.found).toMatchObject([{ nodes: ['n1', 'n2'], ops: [a, b], key: 'x', atUs: 30_000 }])
  })

  test('one may act after the other has stepped down, as long as its own authority lasts', () => {
    const play = new Play(splitBrain).leads(1, 'n1', 1, 'x').leads(10, 'n2', 2, 'x')
    const [a, b] = [play.invoke(11, 'alice', 'add', 1), play.invoke(12, 'bob', 'add', 1)]
    put(play, 20, b, 'n2').leads(21, 'n2', null, 'x')
    expect(put(play, 30, a, 'n1').found).toMatchObject([{ nodes: ['n2', 'n1'], ops: [b, a] }])
  })

  test('not under a later authority, nor before there was a rival', () => {
    const play = new Play(splitBrain).leads(1, 'n1', 1, 'x')
    const a = play.invoke(2, 'alice', 'add', 1)
    put(play, 3, a, 'n1').leads(10, 'n2', 2, 'x')
    const b = play.invoke(11, 'bob', 'add', 1)
    put(play, 12, b, 'n2').leads(13, 'n2', null, 'x').leads(14, 'n1', null, 'x').leads(15, 'n1', 3, 'x')
    put(play, 20, play.invoke(16, 'alice', 'add', 1), 'n1')
    expect(play.found).toEqual([])
  })
})
