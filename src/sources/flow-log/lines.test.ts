import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LINE_MAX, LineReader } from './lines.ts'

function linesOf(input: Uint8Array, cuts: readonly number[] = [], cut = false): [string | null, number][] {
  const lines: [string | null, number][] = []
  const reader = new LineReader((line, number) => lines.push([line, number]))
  const ends = [...cuts.map((at) => at % (input.length + 1)).sort((a, b) => a - b), input.length]
  let from = 0
  for (const end of ends) {
    const piece = Uint8Array.from(input.subarray(from, end))
    reader.write(piece)
    // The piece was only lent.
    piece.fill(0x21)
    from = end
  }
  reader.end(cut)
  return lines
}

describe('LineReader', () => {
  it('cuts the same lines whatever the pieces, and counts them all', () => {
    const line = fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.replaceAll(/[\r\n]/g, ' '))
    const input = fc.array(line, { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(input, fc.array(fc.nat()), fc.constantFrom('\n', '\r\n'), (lines, cuts, end) => {
        const expected = lines.map((text, i) => [Buffer.from(text).toString(), i + 1])
        expect(linesOf(Buffer.from(lines.map((text) => text + end).join('')), cuts)).toEqual(expected)
      }),
    )
  })

  it('takes a last line without an end, unless the input was cut off in it', () => {
    expect(linesOf(Buffer.from('a\nb'))).toEqual([
      ['a', 1],
      ['b', 2],
    ])
    expect(linesOf(Buffer.from('a\nb'), [], true)).toEqual([['a', 1]])
    expect(linesOf(Buffer.from(''))).toEqual([])
  })

  it('passes over a line of more than a mebibyte and goes on behind it', () => {
    const input = Buffer.concat([
      Buffer.alloc(LINE_MAX, 'x'),
      Buffer.from('\n'),
      Buffer.alloc(LINE_MAX + 1, 'y'),
      Buffer.from('\nz\n'),
    ])
    const cuts = [100, 70_000, LINE_MAX + 5, LINE_MAX + 9000, 2 * LINE_MAX + 1]
    expect(linesOf(input, cuts).map(([line]) => line?.length ?? null)).toEqual([LINE_MAX, null, 1])
    expect(linesOf(input, cuts)).toEqual(linesOf(input))
  })

  it('survives what is not UTF-8', () => {
    expect(linesOf(Uint8Array.of(0x61, 0xff, 0xc3, 0x0a, 0x62), [2, 3])).toEqual([
      ['a\ufffd\ufffd', 1],
      ['b', 2],
    ])
  })
})
