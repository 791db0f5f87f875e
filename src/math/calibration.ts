/** Below this many scores the shape of their tail is anybody's guess. */
const ENOUGH = 8

/** Where a score stands among those held: all that its p-value follows from. */
export interface Place {
  /** Scores held, and how many of them are at least as high. */
  count: number
  reached: number
  /** The nearest scores held, below and not below it; null where there is none. */
  below: number | null
  above: number | null
  median: number
  largest: number
  finest: number
}

/** The p-value of a score at that place: NaN when it does not stand there. */
export function pOfPlace(score: number, { count, reached, below, above, median, largest, finest }: Place): number {
  if (count > 0 && ((below !== null && below >= score) || (above !== null && above < score))) return Number.NaN
  return pOfRank(score, count, reached, median, largest, finest)
}

/** A score above all held is rarer than its rank can say: by 1 to count + 1 times. */
function pOfRank(
  score: number,
  count: number,
  reached: number,
  median: number,
  largest: number,
  finest: number,
): number {
  const p = (1 + reached) / (count + 1)
  if (reached > 0 || count < ENOUGH) return p
  const scale = (largest - median) / Math.log((count + 1) / 2)
  return p / Math.min(count + 1, Math.exp((score - largest) / Math.max(scale, finest)))
}

/**
 * Turns scores into p-values by their rank among the last `cap` scores of what is taken to be normal (conformal p-values,
 * Bates et al. 2023). A score above all of them gets less than the 1 / (n + 1) a rank can say: the tail is continued as an
 * exponential through the median and the largest score, as far as 1 / (n + 1)^2.
 */
export class Calibration {
  private readonly arrived: Float64Array
  private readonly sorted: Float64Array
  private readonly finest: number
  private next = 0
  private count = 0

  /** `finest` is the least that scores have to differ by to mean anything. */
  constructor(cap: number, finest: number) {
    this.arrived = new Float64Array(cap)
    this.sorted = new Float64Array(cap)
    this.finest = finest
  }

  /** Scores held. */
  get size(): number {
    return this.count
  }

  get bytes(): number {
    return this.arrived.byteLength + this.sorted.byteLength
  }

  /** Takes a score in; at the cap the oldest one leaves. */
  push(score: number): void {
    const { arrived, sorted } = this
    const full = this.count === sorted.length
    const hole = full ? this.below(arrived[this.next]!) : this.count
    const place = this.below(score)
    if (place <= hole) {
      sorted.copyWithin(place + 1, place, hole)
      sorted[place] = score
    } else {
      sorted.copyWithin(hole, hole + 1, place)
      sorted[place - 1] = score
    }
    arrived[this.next] = score
    this.next = (this.next + 1) % sorted.length
    if (!full) this.count++
  }

  /** Forgets all scores. */
  clear(): void {
    this.next = 0
    this.count = 0
  }

  /** Chance that something normal scores at least as high, (0, 1]; 1 while there is nothing to compare with. */
  p(score: number): number {
    const { sorted, count, finest } = this
    return pOfRank(score, count, count - this.below(score), sorted[count >> 1]!, sorted[count - 1]!, finest)
  }

  /** Where a score stands now, for `pOfPlace`. */
  place(score: number): Place {
    const { sorted, count, finest } = this
    const at = this.below(score)
    return {
      count,
      reached: count - at,
      below: at > 0 ? sorted[at - 1]! : null,
      above: at < count ? sorted[at]! : null,
      median: sorted[count >> 1] ?? 0,
      largest: sorted[count - 1] ?? 0,
      finest,
    }
  }

  /** The scores held, oldest first. */
  toArray(): Float64Array {
    const { arrived, next, count } = this
    if (count < arrived.length) return arrived.slice(0, count)
    return Float64Array.from(arrived, (_, i) => arrived[(next + i) % count]!)
  }

  /** How many of the scores held are less than `score`. */
  private below(score: number): number {
    const { sorted } = this
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (sorted[middle]! < score) low = middle + 1
      else high = middle
    }
    return low
  }
}
