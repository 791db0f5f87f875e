import { describe, expect, it } from 'vitest'
import { createRandom } from '../math/random.ts'
import { InputError } from '../types/errors.ts'
import { createHostRanks, levelOf } from './host-ranks.ts'

const ROLES = 3
const host = (n: number): Int32Array => Int32Array.of(0, 0, 0xffff, n)
const create = (cap = 64) => createHostRanks({ seed: 1, cap, roles: ROLES })

/** Teaches a host flows whose p-values are uniform up to `most`. */
function live(ranks: ReturnType<typeof create>, n: number, flows: number, most = 1, role = 0): void {
  const random = createRandom(n)
  for (let i = 0; i < flows; i++) ranks.learn(host(n), 0, role, levelOf(most * (1 - random())))
}

describe('a flow ranked among those of its host', () => {
  it('is never rarer than in the network, and as rare where the host is like the others', () => {
    const ranks = create()
    for (let n = 1; n <= 20; n++) live(ranks, n, 400)
    for (const p of [1, 0.5, 0.1, 0.01, 1e-4, 1e-7]) {
      const own = ranks.p(host(3), 0, 0, p)
      expect(own).toBeGreaterThanOrEqual(p)
      if (p >= 0.01) expect(own / p).toBeLessThan(2)
    }
  })

  it('is no wonder where it is the habit of the host, after a handful of flows', () => {
    const ranks = create()
    for (let n = 1; n <= 20; n++) live(ranks, n, 200)
    expect(ranks.p(host(99), 0, 0, 0.001)).toBeLessThan(0.01)
    live(ranks, 99, 8, 0.001)
    expect(ranks.p(host(99), 0, 0, 0.001)).toBeGreaterThan(0.5)
    expect(ranks.p(host(5), 0, 0, 0.001)).toBeLessThan(0.01)
  })

  it('is judged by the role of the host as long as that is all there is', () => {
    const ranks = create()
    live(ranks, 1, 400, 1, 0)
    live(ranks, 2, 400, 0.001, 1)
    expect(ranks.p(host(3), 0, 0, 0.0005)).toBeLessThan(0.02)
    expect(ranks.p(host(3), 0, 1, 0.0005)).toBeGreaterThan(0.3)
    expect(ranks.p(host(3), 0, 2, 0.0005)).toBe(1)
  })

  it('forgets habits after 400 flows', () => {
    const ranks = create()
    live(ranks, 1, 400, 0.001)
    live(ranks, 1, 400)
    expect(ranks.p(host(1), 0, 0, 0.001)).toBeLessThan(0.3)
  })
})

describe('what is remembered', () => {
  it('is capped: who is known least gives way, and is counted', () => {
    const ranks = create(16)
    for (let n = 1; n <= 4; n++) live(ranks, n, 300, 0.001)
    for (let n = 100; n < 1_000; n++) live(ranks, n, 1)
    expect(ranks.counters()).toEqual({ hosts_ranked: 16, hosts_ranked_evicted: 4 + 900 - 16 })
    for (let n = 1; n <= 4; n++) expect(ranks.p(host(n), 0, 2, 0.001)).toBeGreaterThan(0.5)
  })

  it('outlives a restart; anything else is refused', () => {
    const before = create()
    for (let n = 1; n <= 9; n++) live(before, n, 100 * n, 1 / n, n % ROLES)
    const after = createHostRanks({ seed: 9, cap: 64, roles: ROLES })
    after.restore(before.save())
    for (let n = 1; n <= 9; n++) {
      for (const p of [0.3, 0.01]) expect(after.p(host(n), 0, 0, p)).toBe(before.p(host(n), 0, 0, p))
    }
    expect(() => create().restore(new Uint8Array(50))).toThrow(InputError)
  })
})
