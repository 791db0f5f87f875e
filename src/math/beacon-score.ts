import { sortedPercentile } from './percentile.ts'

/** How much a series of connections looks like a program calling home, each part and their mean from 0 to 1. */
export interface BeaconScore {
  score: number
  /** Even and narrowly spread gaps between starts. */
  timing: number
  /** Even and narrowly spread sizes. */
  size: number
  /** As many connections in each part of the time looked at. */
  histogram: number
  /** No part of that time without a connection. */
  duration: number
  /** Median seconds between calls. */
  interval: number
  /** Median deviation of the gaps between calls, as a share of `interval`. */
  spread: number
  /** Connections, those opened together counted once. */
  calls: number
}

/** Starts closer together than this, seconds, are one call: programs open several connections at once. */
const SAME_CALL = 1
/** Fewer calls than this say nothing: at least three gaps. */
const CALLS_MIN = 4
/** A quarter spread below this much, seconds or bytes, is too small to be called skewed. */
const SPREAD_MIN = 10
const BINS_MAX = 24

/**
 * The four sub-scores of RITA (Active Countermeasures), each a quarter of the score, over the connections at hand instead
 * of a day: Bowley skewness and median absolute deviation of gaps and of sizes, variation of a histogram of starts, and its
 * longest unbroken run. `starts` ascend, in seconds; `sizes` are bytes sent; the first `length` of both count. All 0 with
 * fewer than four calls.
 */
export function beaconScore(starts: ArrayLike<number>, sizes: ArrayLike<number>, length: number): BeaconScore {
  const calls = callsOf(starts, length)
  const none = { score: 0, timing: 0, size: 0, histogram: 0, duration: 0, interval: 0, spread: 0, calls: calls.length }
  if (calls.length < CALLS_MIN) return none
  const gaps = Float64Array.from({ length: calls.length - 1 }, (_, i) => calls[i + 1]! - calls[i]!).sort()
  const amounts = Float64Array.from({ length }, (_, i) => sizes[i]!).sort()
  const bins = histogramOf(calls)
  const timing = evenness(gaps, 1)
  const size = evenness(amounts, 0)
  const histogram = Math.max(0, 1 - variation(bins))
  const duration = longestRun(bins) / bins.length
  const score = (timing + size + histogram + duration) / 4
  const interval = sortedPercentile(gaps, 50)
  return { score, timing, size, histogram, duration, interval, spread: deviation(gaps, interval), calls: calls.length }
}

function callsOf(starts: ArrayLike<number>, length: number): number[] {
  const calls: number[] = []
  for (let i = 0; i < length; i++) {
    const before = calls.at(-1)
    if (before === undefined || starts[i]! - before >= SAME_CALL) calls.push(starts[i]!)
  }
  return calls
}

/** The mean of 1 - |Bowley skewness| and 1 - MAD / median of ascending values; `narrow` stands in for the latter below 1. */
function evenness(sorted: Float64Array, narrow: number): number {
  const median = sortedPercentile(sorted, 50)
  const spread = median < 1 ? narrow : Math.max(0, 1 - deviation(sorted, median))
  return (1 - Math.abs(bowleySkewness(sorted, median)) + spread) / 2
}

/** Median absolute deviation over the median. */
function deviation(sorted: Float64Array, median: number): number {
  return sortedPercentile(sorted.map((value) => Math.abs(value - median)).sort(), 50) / median
}

/** Bowley (1901): how far the median lies from the middle between the quartiles, -1 to 1. */
function bowleySkewness(sorted: Float64Array, median: number): number {
  const low = sortedPercentile(sorted, 25)
  const high = sortedPercentile(sorted, 75)
  if (high - low < SPREAD_MIN || median === low || median === high) return 0
  return (low + high - 2 * median) / (high - low)
}

/** Calls in each of up to 24 equal parts of the time from the first to the last, two or more a part on average. */
function histogramOf(calls: readonly number[]): Uint32Array {
  const bins = new Uint32Array(Math.max(2, Math.min(BINS_MAX, calls.length >> 1)))
  const first = calls[0]!
  // Half a gap on either side, so that evenly spaced calls fall evenly into the parts.
  const margin = (calls.at(-1)! - first) / (calls.length - 1) / 2
  const width = (calls.at(-1)! - first + 2 * margin) / bins.length
  for (const call of calls) bins[Math.min(bins.length - 1, Math.floor((call - first + margin) / width))]!++
  return bins
}

/** Standard deviation over mean. */
function variation(bins: Uint32Array): number {
  const mean = bins.reduce((sum, count) => sum + count, 0) / bins.length
  const squares = bins.reduce((sum, count) => sum + (count - mean) ** 2, 0)
  return Math.sqrt(squares / bins.length) / mean
}

function longestRun(bins: Uint32Array): number {
  let longest = 0
  let run = 0
  for (const count of bins) {
    run = count > 0 ? run + 1 : 0
    longest = Math.max(longest, run)
  }
  return longest
}
