import { describe, expect, it } from 'vitest'
import type { Reason } from '../../src/types/verdict.ts'
import { shareOf, spanOf, speakerOf } from './reason.ts'

const reason: Reason = {
  detector: 'rules',
  text: 'why',
  feature: 'bytes',
  observed: 99,
  expected: '<= 9',
  share: 0.617,
}
const normal = { of: 'host', p50: 1, p99: 9, never: true, count: 50, age: 86_400 } as const

describe('who gives a reason', () => {
  it('is named by detector, and by rule where it was one', () => {
    const named = [
      { detector: 'rules', rule: 'ssh-brute-force' },
      { detector: 'suricata', rule: '1:2001219' },
      { detector: 'ecod' },
    ]
    expect(named.map(speakerOf)).toEqual(['rule ssh-brute-force', 'suricata 1:2001219', 'ecod'])
  })
})

describe('the bar of a reason', () => {
  it('ends at what was observed, and is filled up to what is usual, on a logarithmic scale', () => {
    expect(spanOf({ ...reason, normal })).toEqual({
      usual: 50,
      observed: 100,
      title: '99 % of the minutes of this host and observed',
    })
    expect(spanOf({ ...reason, limit: 9 })?.usual).toBe(50)
  })

  it('is absent where nothing went beyond anything', () => {
    for (const other of [{}, { limit: 100 }, { observed: 'ICMP', limit: 9 }])
      expect(spanOf({ ...reason, ...other })).toBeNull()
  })

  it('goes with the share', () => expect(shareOf(reason)).toBe('62 %'))
})
