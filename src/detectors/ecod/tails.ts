import type { Feature } from '../../features/feature.ts'
import { TailWindow } from '../../math/tail-window.ts'
import type { FeatureView } from '../../types/api.ts'
import type { HostContext } from '../../types/host.ts'
import type { Normal, Reason } from '../../types/verdict.ts'
import { ownNormal } from './own-normal.ts'
import { figure, formatNumber, formatShare, formatSpan, phrase } from './wording.ts'

/** Features a verdict is explained by. */
const REASONS = 3
const QUANTILES = [0, 0.01, 0.25, 0.5, 0.75, 0.99, 1]
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

  get bytes(): number {
    return this.window.bytes
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

  /** Flows at least as far out as each value, or of the same kind: what `strangeness` follows from. */
  companies(values: Float64Array): Uint16Array {
    return Uint16Array.from(values, (value, index) => this.company(index, value))
  }

  /** The strangeness of a flow that has those companies, where `size` flows are held. */
  strangenessOf(companies: Uint16Array, size: number): number {
    let sum = 0
    for (let index = 0; index < companies.length; index++) {
      sum += Math.max(0, this.logs[size + 1]! - this.logs[companies[index]! + 1]! - this.sides[index]!)
    }
    return sum
  }

  /** Places of the features that are unusual, the most unusual first, each with its share of the strangeness. */
  ranked(values: Float64Array): { index: number; share: number }[] {
    const surprises = this.features.map((_, index) => this.surprise(index, values[index]!))
    const total = surprises.reduce((sum, surprise) => sum + surprise, 0)
    return surprises
      .map((surprise, index) => ({ index, surprise, rank: surprise + Math.log1p(this.beyond(index, values[index]!)) }))
      .filter(({ surprise }) => surprise > 0)
      .sort((a, b) => b.rank - a.rank || a.index - b.index)
      .map(({ index, surprise }) => ({ index, share: surprise / total }))
  }

  /** Those that are most unusual in words a person can check, held against the host's own normal where that is known. */
  explain(detector: string, values: Float64Array, context: HostContext): Reason[] {
    return this.ranked(values)
      .slice(0, REASONS)
      .map(({ index, share }) => ({ detector, ...this.describe(index, values[index]!, context), share }))
  }

  /** The same with what is usual of each: the median, of kinds the commonest. */
  unusual(values: Float64Array): { index: number; usual: number }[] {
    return this.ranked(values).map(({ index }) => ({ index, usual: this.usual(index) }))
  }

  /** What is usual of every feature, for a person to look at. */
  distributions(): FeatureView[] {
    return this.features.map(({ name, label, unit, words }, index) => ({
      ...{ name, label, unit, drift: this.window.drift(index) },
      quantiles: words === undefined ? QUANTILES.map((q) => this.window.quantile(index, q)) : null,
      kinds: words === undefined ? null : this.kinds(index, words),
    }))
  }

  private kinds(index: number, words: readonly string[]): { word: string; share: number }[] {
    const all = words.map((word, value) => ({ word, share: this.window.equal(index, value) / Math.max(1, this.size) }))
    return all.filter(({ share }) => share > 0).sort((a, b) => b.share - a.share)
  }

  private usual(index: number): number {
    const { words } = this.features[index]!
    return words === undefined ? this.window.quantile(index, 0.5) : words.indexOf(this.mostOften(index, words))
  }

  /** How far a value lies outside all that is held, in widths of the usual range on the feature's own scale. */
  private beyond(index: number, value: number): number {
    const { scale, words } = this.features[index]!
    if (words !== undefined) return 0
    const at = (q: number): number => scaled(scale, this.window.quantile(index, q))
    const median = at(0.5)
    const [low, high] = [at(0), at(1)]
    const point = scaled(scale, value)
    if (point > high) return (point - high) / widthOf(scale, at(0.99) - median)
    return point < low ? (low - point) / widthOf(scale, median - at(0.01)) : 0
  }

  private describe(index: number, value: number, context: HostContext): Omit<Reason, 'detector' | 'share'> {
    const feature = this.features[index]!
    const { name, label, unit, words } = feature
    if (words !== undefined) {
      const share = this.window.equal(index, value) / this.window.size
      const usual = this.mostOften(index, words)
      const often = share === 0 ? 'no flow' : `${formatShare(share)} of flows`
      return {
        text: `${phrase(feature, value)}; ${often} here`,
        feature: name,
        label,
        observed: figure(feature, value),
        expected: usual,
      }
    }
    const low = this.window.quantile(index, 0.01)
    const high = this.window.quantile(index, 0.99)
    const expected = low === high ? figure(feature, low) : `${figure(feature, low)} to ${figure(feature, high)}`
    const own = ownNormal(context, feature.own, value)
    const compared =
      own !== null && value > own.p99 ? compareOwn(feature, value, own) : this.compare(index, value, low, high)
    return {
      text: `${phrase(feature, value)}; ${compared}`,
      feature: name,
      label,
      unit,
      observed: value,
      expected: own !== null && value > own.p99 ? `<= ${figure(feature, own.p99)}` : expected,
      normal: own !== null && value > own.p99 ? own : this.networkNormal(index, value, high),
    }
  }

  private networkNormal(index: number, value: number, p99: number): Normal {
    const most = this.window.quantile(index, 1)
    const least = this.window.quantile(index, 0)
    const never = value > most || value < least
    return { of: 'network', p50: this.window.quantile(index, 0.5), p99, never, count: this.size, age: 0 }
  }

  private mostOften(index: number, words: readonly string[]): string {
    const counts = words.map((_, value) => this.window.equal(index, value))
    return words[counts.indexOf(Math.max(...counts))]!
  }

  private compare(index: number, value: number, low: number, high: number): string {
    const feature = this.features[index]!
    const whom = this.size < PERCENTILES ? `here all ${this.size} flows learned from` : 'here 99 % of flows'
    if (value > high) {
      return `${whom} stay at or below ${figure(feature, high)}${timesOver(feature, value, high)}`
    }
    if (value < low) return `${whom} reach ${figure(feature, low)}`
    const median = this.window.quantile(index, 0.5)
    const above = value >= median
    const share = (above ? this.window.atLeast(index, value) : this.window.atMost(index, value)) / this.size
    return `only ${formatShare(share)} of flows here are that ${above ? 'high' : 'low'} (median ${figure(feature, median)})`
  }
}

/** `this host's 99th percentile is 350 kB a minute (40 x), never this much in 8 days`. */
function compareOwn(feature: Feature, value: number, { p99, never, age }: Normal): string {
  const past = never ? `, never this much in ${formatSpan(age)}` : ''
  return `this host's own 99th percentile is ${figure(feature, p99)} a minute${timesOver(feature, value, p99)}${past}`
}

function timesOver({ scale }: Feature, value: number, high: number): string {
  const times = scale === 'log' && high > 0 ? value / high : 1
  return times >= 1.5 ? ` (${formatNumber(Number(times.toPrecision(2)))} x)` : ''
}

/**
 * What the width of a usual range counts as, at least and at most: a tenth, or between a factor of two and one of ten. Ten times
 * the most ever seen is far out however wide the range is.
 */
const WIDTHS = { log: [Math.LN2, Math.LN10], linear: [0.1, Number.POSITIVE_INFINITY] } as const

function widthOf(scale: Feature['scale'], width: number): number {
  const [least, most] = WIDTHS[scale]
  return Math.min(most, Math.max(least, width))
}

function scaled(scale: Feature['scale'], value: number): number {
  return scale === 'log' ? Math.log1p(Math.max(0, value)) : value
}
