import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { split } from './cells.ts'
import { countOf, macOf, protocolOf, timeOf, truthOf } from './values.ts'

describe('split', () => {
  it('takes apart what RFC 4180 puts together', () => {
    const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', ' ', '\t') })
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1 }), (cells) => {
        expect(split(cells.map(quoted).join(','), ',')).toEqual(cells)
      }),
    )
  })

  it('ends on any line, and without quotes only separators count', () => {
    fc.assert(fc.property(fc.string(), (line) => split(line, ',').length > 0))
    expect(split('a,,b,', ',')).toEqual(['a', '', 'b', ''])
    expect(split('a,"b,c",d"e"', ',')).toEqual(['a', 'b,c', 'd"e"'])
    expect(split('"open,b', ',')).toEqual(['"open', 'b'])
  })
})

describe('values', () => {
  it.each([
    ['1545466986.522021', 1545466986.522021],
    ['2013/12/17 22:09:19.500617', 1387318159.500617],
    ['2018-01-31T18:12:06.539915Z', 1517422326.539915],
    ['1970/01/01 01:00:06', 3606],
  ])('reads the time %s', (text, seconds) => {
    expect(timeOf(text)).toBeCloseTo(seconds, 5)
  })

  it.each(['XXXXXXXXXX.XXXXXX', '-5', '1e300', '2013/13/17 22:09:19.5', '2013/12/17 22:09:19,5', ''])(
    'reads no time in %j',
    (text) => {
      expect(timeOf(text)).toBeNaN()
    },
  )

  it('knows counts, protocols, hardware addresses and truths from what is none', () => {
    expect(['', '12', '0x000b', '-1', 'Infinity', 'x'].map(countOf)).toEqual([0, 12, 11, NaN, NaN, NaN])
    expect(['TCP', 'ipv6-icmp', 'arp', '47', 'llc', '256', ''].map(protocolOf)).toEqual([6, 58, 0x0806, 47, -1, -1, -1])
    expect(['08:00:07:f8:3d:02', '0:1:2:3:4:5', 'zz:00:07:f8:3d:02', ''].map(macOf)).toEqual([
      0x080007f83d02, 0x102030405, 0, 0,
    ])
    expect([truthOf('Benign', '-'), truthOf('malicious', 'C&C'), truthOf('malicious', '')]).toEqual([
      '',
      'C&C',
      'malicious',
    ])
  })
})
