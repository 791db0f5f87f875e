import { describe, expect, it } from 'vitest'
import { createWordHash } from './hash.ts'
import { Sketches } from './hyperloglog.ts'

const hash = createWordHash({ key0: 1, key1: 2 })
const out = new Int32Array(2)

function shown(sketches: Sketches, sketch: number, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    hash(Int32Array.of(i), 1, out)
    sketches.add(sketch, out[0]!)
  }
}

describe('sketches', () => {
  it.each([10, 500, 1_024, 2_600, 10_000, 65_536, 1_000_000])('estimate %i within 10 %%', (count) => {
    const sketches = new Sketches(1)
    const sketch = sketches.take()
    shown(sketches, sketch, 0, count)
    shown(sketches, sketch, 0, Math.min(count, 1000))
    expect(Math.abs(sketches.estimate(sketch) / count - 1)).toBeLessThan(0.1)
  })

  it('are given out once, cleared, and given back', () => {
    const sketches = new Sketches(2)
    const first = sketches.take()
    const second = sketches.take()
    expect(sketches.take()).toBe(-1)
    shown(sketches, first, 0, 5000)
    expect(sketches.estimate(second)).toBe(0)
    sketches.release(first)
    expect(sketches.take()).toBe(first)
    expect(sketches.estimate(first)).toBe(0)
  })
})
