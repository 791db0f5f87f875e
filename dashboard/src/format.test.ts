import { describe, expect, it } from 'vitest'
import {
  addresses,
  bytes,
  confidence,
  count,
  counted,
  counterName,
  endpoint,
  percent,
  shortCount,
  time,
} from './format.ts'

describe('numbers a person reads', () => {
  it('have separators, and a short form once they are huge', () => {
    expect([count(0), count(1204), count(9_999_999), count(12_345_678)]).toEqual(['0', '1,204', '9,999,999', '12.3M'])
    expect([shortCount(9999), shortCount(12_345)]).toEqual(['9,999', '12.3K'])
    expect([counted(1, 'flow'), counted(1204, 'flow')]).toEqual(['1 flow', '1,204 flows'])
  })

  it('never round something to nothing, nor nearly to certainty', () => {
    expect([0, 0.031, 0.0004, 0.000001, 1].map(percent)).toEqual(['0 %', '3.1 %', '0.04 %', '< 0.01 %', '100 %'])
    expect([0.961, 0.9999, 1].map(confidence)).toEqual(['96 %', '99 %', '100 %'])
  })

  it('have decimal units', () => {
    expect([812, 999, 1000, 41_249, 999_960, 1_300_000_000].map(bytes)).toEqual([
      '812 B',
      '999 B',
      '1.0 kB',
      '41.2 kB',
      '1.0 MB',
      '1.3 GB',
    ])
  })
})

describe('times', () => {
  const noon = new Date(2026, 10, 23, 12, 0, 0)

  it('are of the own clock, with the day when it is another', () => {
    expect(time(noon.getTime() / 1000 + 61, noon)).toBe('12:01:01')
    expect(time(noon.getTime() / 1000 - 86_400, noon)).toBe('Nov 22, 12:00:00')
  })

  it('that are none do not throw', () => {
    expect([Number.NaN, 1e300].map((value) => time(value))).toEqual(['unknown', 'unknown'])
  })
})

describe('names', () => {
  it('of ends have a port where there is one', () => {
    expect(endpoint('10.0.0.1', 53, 'UDP')).toEqual({ address: '10.0.0.1', port: ':53' })
    expect(endpoint('fe80::1', 443, 'HTTPS')).toEqual({ address: '[fe80::1]', port: ':443' })
    expect(endpoint('fe80::1', 8, 'ICMPv6')).toEqual({ address: 'fe80::1', port: '' })
  })

  it('of many addresses are the first two and a number', () => {
    expect(addresses(['a'], 1)).toBe('a')
    expect(addresses(['a', 'b', 'c'], 1204)).toBe('a, b and 1,202 more')
  })

  it('of counters are words', () => {
    expect(counterName('decode.bad-checksum')).toBe('decode: bad checksum')
    expect(counterName('rules.groupsEvicted')).toBe('rules: groups evicted')
  })
})
