import { expect, test } from 'vitest'
import { InputError } from '../types/errors.ts'
import { pack, unpack } from './packed.ts'

const arrays = { odd: Uint8Array.of(1, 2, 3), times: Float64Array.of(1.5, -2), words: Int32Array.of(-7) }

test('gives back what was packed, also from a view into a larger buffer', () => {
  const bytes = pack('thing', 3, { note: { seed: 4 }, arrays })
  const within = Buffer.concat([Buffer.from('abc'), bytes, Buffer.from('xyz')]).subarray(3, 3 + bytes.length)
  for (const saved of [unpack('thing', 3, bytes), unpack('thing', 3, within)]) {
    expect(saved.note).toEqual({ seed: 4 })
    expect(saved.take('odd', Uint8Array, 3)).toEqual(arrays.odd)
    expect(saved.take('times', Float64Array)).toEqual(arrays.times)
    expect(saved.take('words', Int32Array, 1)).toEqual(arrays.words)
  }
})

test('refuses another kind, version, length or type, and what is cut short, in one line', () => {
  const bytes = pack('thing', 3, { note: null, arrays })
  expect(() => unpack('other', 3, bytes)).toThrow(InputError)
  expect(() => unpack('thing', 4, bytes)).toThrow('version 3')
  expect(() => unpack('thing', 3, bytes.subarray(0, bytes.length - 8))).toThrow("'words' is cut short")
  expect(() => unpack('thing', 3, bytes).take('odd', Uint8Array, 4)).toThrow("'odd' must be 4 numbers of Uint8Array")
  expect(() => unpack('thing', 3, bytes).take('odd', Int32Array)).toThrow(InputError)
})
