import fc from 'fast-check'
import { expect, test } from 'vitest'
import { beaconScore } from './beacon-score.ts'
import { createRandom, type Random } from './random.ts'

const COUNT = 48

function starts(count: number, gap: (i: number) => number): number[] {
  let now = 0
  return Array.from({ length: count }, (_, i) => {
    if (i > 0) now += gap(i)
    return now
  })
}

function exponential(random: Random, mean: number): number {
  return -Math.log(1 - random()) * mean
}

/** Mean score of 200 seeded series. */
function mean(make: (random: Random) => { starts: number[]; sizes: number[] }): number {
  let sum = 0
  for (let seed = 1; seed <= 200; seed++) {
    const series = make(createRandom(seed))
    sum += beaconScore(series.starts, series.sizes, series.starts.length).score
  }
  return sum / 200
}

test('a clock-work beacon scores 1, whatever its interval and however few its calls', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 86_400 }), fc.integer({ min: 4, max: COUNT }), (interval, count) => {
      const result = beaconScore(
        starts(count, () => interval),
        Array<number>(count).fill(420),
        count,
      )
      expect(result.score).toBeGreaterThan(count < 8 ? 0.9 : 0.93)
      expect(result.interval).toBe(interval)
    }),
  )
})

test('a beacon with a fifth of jitter still scores high', () => {
  const score = mean((random) => ({
    starts: starts(COUNT, () => 60 * (0.8 + 0.4 * random())),
    sizes: Array.from({ length: COUNT }, () => 400 + Math.round(20 * random())),
  }))
  expect(score).toBeGreaterThan(0.85)
})

test('a person who comes at random with random amounts scores low', () => {
  const score = mean((random) => ({
    starts: starts(COUNT, () => exponential(random, 60)),
    sizes: Array.from({ length: COUNT }, () => Math.round(300 + exponential(random, 4000))),
  }))
  expect(score).toBeLessThan(0.5)
})

test('bursts with long silence between them score low', () => {
  const score = mean((random) => ({
    starts: starts(COUNT, (i) => (i % 12 === 0 ? 3600 : exponential(random, 5))),
    sizes: Array.from({ length: COUNT }, () => Math.round(300 + exponential(random, 4000))),
  }))
  expect(score).toBeLessThan(0.5)
})

test('connections opened together are one call', () => {
  const calls = starts(12, () => 60)
  const together = calls.flatMap((call) => [call, call + 0.1, call + 0.2])
  const result = beaconScore(together, Array<number>(36).fill(500), 36)
  expect(result.interval).toBe(60)
  expect(result.score).toBeGreaterThan(0.95)
})

test('three calls say nothing, and every part stays between 0 and 1 whatever comes', () => {
  expect(beaconScore([0, 60, 120], [1, 1, 1], 3).score).toBe(0)
  const number = fc.double({ min: 0, max: 1e9, noNaN: true })
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number), { minLength: 1, maxLength: COUNT }), (pairs) => {
      const times = pairs.map(([time]) => time).sort((a, b) => a - b)
      const { score, timing, size, histogram, duration } = beaconScore(
        times,
        pairs.map(([, bytes]) => bytes),
        pairs.length,
      )
      for (const part of [score, timing, size, histogram, duration]) {
        expect(part).toBeGreaterThanOrEqual(0)
        expect(part).toBeLessThanOrEqual(1)
      }
    }),
  )
})
