import type { TimelinePoint } from '../../src/types/events.ts'

/** The chart's bars: starts of intervals of one length, and what fell into each. */
export interface Bins {
  /** Seconds. */
  interval: number
  times: number[]
  normal: number[]
  anomalies: number[]
}

const DEFAULT_INTERVAL = 5
const MIN_BINS = 48
const MAX_BINS = 120

/** Joins `points` (ascending) into `least` to 120 bars without gaps, the last of them the latest; empty without points. */
export function bin(points: readonly TimelinePoint[], least = MIN_BINS): Bins {
  const base = shortest(points)
  const last = points.at(-1)?.time ?? 0
  const span = (last - (points[0]?.time ?? 0)) / base + 1
  const interval = base * Math.max(1, Math.ceil(span / MAX_BINS))
  const end = Math.floor(last / interval) * interval
  const length = points.length === 0 ? 0 : Math.max(least, Math.ceil(span / (interval / base)) + 1)
  const times = Array.from({ length }, (_, index) => end - (length - 1 - index) * interval)
  const [normal, anomalies] = [times.map(() => 0), times.map(() => 0)]
  for (const point of points) {
    const at = length - 1 - Math.round((end - Math.floor(point.time / interval) * interval) / interval)
    if (at < 0) continue
    normal[at]! += point.normal
    anomalies[at]! += point.anomalies
  }
  return { interval, times, normal, anomalies }
}

/** The length of the points' own intervals: the shortest distance of two. */
function shortest(points: readonly TimelinePoint[]): number {
  let least = Number.POSITIVE_INFINITY
  for (let i = 1; i < points.length; i++) least = Math.min(least, points[i]!.time - points[i - 1]!.time)
  return Number.isFinite(least) && least > 0 ? least : DEFAULT_INTERVAL
}
