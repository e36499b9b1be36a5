import { describe, expect, test } from 'vitest'
import { readLabSettings } from '../../src/lab-commands.ts'
import { contentLab } from './content-lab.ts'

describe('knobs on the command line', () => {
  const lab = contentLab('cap/cp-or-ap')

  test('are read word by word', () => {
    expect(readLabSettings(lab, 'policy=AP conflict=siblings')).toEqual({ policy: 'AP', conflict: 'siblings' })
    expect(readLabSettings(lab, '')).toEqual({})
  })

  test.each([
    ['polcy=AP', 'did you mean "policy"?'],
    ['policy=AQ', 'did you mean "AP"?'],
    ['policy', 'write knob=value'],
  ])('%s is refused with a remedy', (text, remedy) => {
    expect(() => readLabSettings(lab, text)).toThrow(remedy)
  })
})
