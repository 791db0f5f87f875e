import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Records } from '../math/records.ts'
import { Table } from './table.ts'

function tableOf(cap: number): { table: Table; records: Records; at: number; released: number[] } {
  const records = new Records()
  const at = records.reserveWords(1)
  const released: number[] = []
  return { table: new Table(cap, records, [{ release: (row) => released.push(row) }]), records, at, released }
}

test('below its cap it is a map, also where keys crowd together', () => {
  const key = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 3 }))
  fc.assert(
    fc.property(fc.array(key, { maxLength: 200 }), (keys) => {
      const { table, records, at } = tableOf(1000)
      const map = new Map<string, number>()
      for (const [low, high] of keys) {
        const row = table.claim(low, high)
        expect(table.created).toBe(!map.has(`${low} ${high}`))
        const cell = row * records.wordStride + at
        expect(records.words[cell]).toBe(map.get(`${low} ${high}`) ?? 0)
        records.words[cell]!++
        map.set(`${low} ${high}`, records.words[cell]!)
      }
      expect(table.size).toBe(map.size)
      expect(table.find(41, 0)).toBe(-1)
    }),
  )
})

test('at its cap every row that is found is still its own, and the others were released and emptied', () => {
  const key = fc.integer({ min: 0, max: 60 })
  fc.assert(
    fc.property(fc.array(key, { minLength: 50, maxLength: 400 }), fc.integer({ min: 2, max: 20 }), (keys, cap) => {
      const { table, records, at, released } = tableOf(cap)
      let kept = -1
      for (const low of keys) {
        const row = table.claim(low, 0, kept)
        const cell = row * records.wordStride + at
        expect(records.words[cell]).toBe(table.created ? 0 : low + 1)
        records.words[cell] = low + 1
        table.touch(row, low % 3)
        kept = row
        expect(table.find(low, 0)).toBe(row)
        expect(table.size).toBeLessThanOrEqual(cap)
      }
      expect(table.evicted).toBe(released.length)
      const found = [...Array(61).keys()].filter((low) => table.find(low, 0) >= 0)
      expect(found).toHaveLength(table.size)
    }),
  )
})

test('far below its cap it takes the room of what it holds', () => {
  const { table, records, at } = tableOf(100_000)
  for (let i = 0; i < 50_000; i++) {
    const row = table.claim(Math.imul(i, 0x9e3779b1), i)
    records.words[row * records.wordStride + at] = i
  }
  for (let i = 0; i < 50_000; i++) {
    expect(records.words[table.find(Math.imul(i, 0x9e3779b1), i) * records.wordStride + at]).toBe(i)
  }
  expect(table.bytes).toBeLessThan(50_000 * records.octetStride + 100_000 * 12)
})

test('the row to keep is not evicted for another', () => {
  const { table } = tableOf(2)
  const first = table.claim(1, 0)
  table.claim(2, 0)
  for (let low = 3; low < 50; low++) expect(table.claim(low, 0, first)).not.toBe(first)
  expect(table.find(1, 0)).toBe(first)
})
