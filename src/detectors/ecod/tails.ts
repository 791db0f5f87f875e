import type { Feature } from '../../features/feature.ts'
import { TailWindow } from '../../math/tail-window.ts'
import type { Reason } from '../../types/verdict.ts'
import { figure, formatNumber, formatShare, phrase } from './wording.ts'

/** Features a verdict is explained by. */
const REASONS = 3
/** Fewer flows than this have no 99th percentile to speak of. */
const PERCENTILES = 100

/** What is usual of every feature in the last flows learned from, and how unusual another flow's are. */
export class FeatureTails {
  private readonly features: readonly Feature[]
  private readonly window: TailWindow
  /** ln(n), to spare the logarithms of counts. */
  private readonly logs: Float64Array
  /** What the two sides take off a surprise: ln(2), of kinds nothing, of what goes by the clock everything. */
  private readonly sides: Float64Array

  /** `cap` flows are held, at most 65,535. */
  constructor(features: readonly Feature[], cap: number) {
    this.features = features
    this.window = new TailWindow(features.length, cap)
    this.logs = Float64Array.from({ length: cap + 2 }, (_, n) => Math.log(n))
    this.sides = Float64Array.from(features, ({ words, clock }) => {
      if (clock === true) return Number.POSITIVE_INFINITY
      return words === undefined ? Math.LN2 : 0
    })
  }

  /** Flows held. */
  get size(): number {
    return this.window.size
  }

  /** Takes the features of a flow in; at the cap the oldest flow leaves. */
  add(values: Float64Array): void {
    this.window.add(values)
  }

  /** What is held, for `restore`. */
  toArray(): Uint16Array {
    return this.window.toArray()
  }

  /** Takes up what `toArray` gave. Returns false, changing nothing, on anything else. */
  restore(saved: Uint16Array): boolean {
    return this.window.restore(saved)
  }

  /**
   * -ln of the chance that a flow has a value as far out as this one, on either side; of kinds, such as protocols, the
   * chance of this very kind. 0 for the most usual, and always for what goes by the clock.
   */
  surprise(index: number, value: number): number {
    return Math.max(
      0,
      this.logs[this.window.size + 1]! - this.logs[this.company(index, value) + 1]! - this.sides[index]!,
    )
  }

  /** Flows held that are at least as far out on the nearer side; of kinds, those of the same. */
  private company(index: number, value: number): number {
    return this.sides[index] === 0 ? this.window.equal(index, value) : this.window.outside(index, value)
  }

  /** Sum of the surprises: how strange a flow is. */
  strangeness(values: Float64Array): number {
    const { sides, logs, window } = this
    const all = logs[window.size + 1]!
    let sum = 0
    for (let index = 0; index < sides.length; index++) {
      const side = sides[index]!
      if (side === Number.POSITIVE_INFINITY) continue
      const company = side === 0 ? window.equal(index, values[index]!) : window.outside(index, values[index]!)
      const surprise = all - logs[company + 1]! - side
      if (surprise > 0) sum += surprise
    }
    return sum
  }

  /** How strange a flow that is held would be if it were not. */
  strangenessWithout(values: Float64Array): number {
    const { window, logs } = this
    let sum = 0
    for (let index = 0; index < values.length; index++) {
      sum += Math.max(0, logs[window.size]! - logs[this.company(index, values[index]!)]! - this.sides[index]!)
    }
    return sum
  }

  /** The features of a flow that are most unusual, the most unusual first, in words a person can check. */
  explain(detector: string, values: Float64Array): Reason[] {
    const surprises = this.features.map((_, index) => this.surprise(index, values[index]!))
    const total = surprises.reduce((sum, surprise) => sum + surprise, 0)
    return surprises
      .map((surprise, index) => ({ index, surprise, rank: surprise + Math.log1p(this.beyond(index, values[index]!)) }))
      .filter(({ surprise }) => surprise > 0)
      .sort((a, b) => b.rank - a.rank || a.index - b.index)
      .slice(0, REASONS)
      .map(({ index, surprise }) => ({
        detector,
        ...this.describe(index, values[index]!),
        share: surprise / total,
      }))
  }

  /** How far a value lies outside all that is held, in widths of the usual range on the feature's own scale. */
  private beyond(index: number, value: number): number {
    const { scale, words } = this.features[index]!
    if (words !== undefined) return 0
    const at = (q: number): number => scaled(scale, this.window.quantile(index, q))
    const median = at(0.5)
    const [low, high] = [at(0), at(1)]
    const point = scaled(scale, value)
    if (point > high) return (point - high) / Math.max(at(0.99) - median, NARROWEST)
    return point < low ? (low - point) / Math.max(median - at(0.01), NARROWEST) : 0
  }

  private describe(index: number, value: number): Pick<Reason, 'text' | 'feature' | 'observed' | 'expected'> {
    const feature = this.features[index]!
    const { name, words } = feature
    if (words !== undefined) {
      const share = this.window.equal(index, value) / this.window.size
      const usual = this.mostOften(index, words)
      const often = share === 0 ? 'no flow' : `${formatShare(share)} of flows`
      return {
        text: `${phrase(feature, value)}; ${often} here`,
        feature: name,
        observed: figure(feature, value),
        expected: usual,
      }
    }
    const low = this.window.quantile(index, 0.01)
    const high = this.window.quantile(index, 0.99)
    const expected = low === high ? figure(feature, low) : `${figure(feature, low)} to ${figure(feature, high)}`
    return {
      text: `${phrase(feature, value)}; ${this.compare(index, value, low, high)}`,
      feature: name,
      observed: value,
      expected,
    }
  }

  private mostOften(index: number, words: readonly string[]): string {
    const counts = words.map((_, value) => this.window.equal(index, value))
    return words[counts.indexOf(Math.max(...counts))]!
  }

  private compare(index: number, value: number, low: number, high: number): string {
    const feature = this.features[index]!
    const whom = this.size < PERCENTILES ? `here all ${this.size} flows learned from` : 'here 99 % of flows'
    if (value > high) {
      const times = feature.scale === 'log' && high > 0 ? value / high : 1
      return `${whom} stay at or below ${figure(feature, high)}${times >= 1.5 ? ` (${formatNumber(Number(times.toPrecision(2)))} x)` : ''}`
    }
    if (value < low) return `${whom} reach ${figure(feature, low)}`
    const median = this.window.quantile(index, 0.5)
    const above = value >= median
    const share = (above ? this.window.atLeast(index, value) : this.window.atMost(index, value)) / this.size
    return `only ${formatShare(share)} of flows here are that ${above ? 'high' : 'low'} (median ${figure(feature, median)})`
  }
}

/** A range that is narrower than this, a tenth on a logarithmic scale, is taken to be this wide. */
const NARROWEST = 0.1

function scaled(scale: Feature['scale'], value: number): number {
  return scale === 'log' ? Math.log1p(Math.max(0, value)) : value
}
