import type { TimelinePoint } from '../types/events.ts'

export interface TimelineOptions {
  /** Length of an interval, seconds. */
  interval: number
  /** Intervals kept at most. */
  cap: number
  /** At the cap: `slide` forgets the oldest; `double` joins neighbours, so that the whole run stays visible. */
  atCap: 'slide' | 'double'
}

/** Normal and anomalous flows per interval of traffic time. */
export interface Timeline {
  add(time: number, anomaly: boolean): void
  /** Points touched since the last call; `whole` when they are all there are and replace what was taken before. */
  takeChanged(): { points: TimelinePoint[]; whole: boolean }
}

/** Flows may come out of order; one older than everything kept counts in the oldest interval. */
export function createTimeline(options: TimelineOptions): Timeline {
  let { interval } = options
  let points: TimelinePoint[] = []
  const changed = new Set<TimelinePoint>()
  let newest: TimelinePoint | undefined
  let whole = false

  const slot = (time: number): TimelinePoint => {
    if (newest !== undefined && newest.time === time) return newest
    let at = points.length
    while (at > 0 && points[at - 1]!.time > time) at--
    const before = points[at - 1]
    if (before?.time === time) return before
    if (at === 0 && points.length >= options.cap) return points[0]!
    const point = { time, normal: 0, anomalies: 0 }
    points.splice(at, 0, point)
    if (at === points.length - 1) newest = point
    return point
  }

  const shrink = (): void => {
    if (options.atCap === 'slide') {
      changed.delete(points.shift()!)
      return
    }
    interval *= 2
    const joined = new Map<number, TimelinePoint>()
    for (const { time, normal, anomalies } of points) {
      const start = Math.floor(time / interval) * interval
      const known = joined.get(start) ?? { time: start, normal: 0, anomalies: 0 }
      known.normal += normal
      known.anomalies += anomalies
      joined.set(start, known)
    }
    points = [...joined.values()]
    newest = points.at(-1)
    whole = true
  }

  return {
    add(time, anomaly) {
      const point = slot(Math.floor(time / interval) * interval)
      if (anomaly) point.anomalies++
      else point.normal++
      changed.add(point)
      while (points.length > options.cap) shrink()
    },
    takeChanged() {
      const taken = {
        points: points.filter((point) => whole || changed.has(point)).map((point) => ({ ...point })),
        whole,
      }
      changed.clear()
      whole = false
      return taken
    },
  }
}
