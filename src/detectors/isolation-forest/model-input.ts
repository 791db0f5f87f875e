import type { Feature } from '../../features/feature.ts'

/** What a model sees of a feature vector. */
export interface ModelInput {
  readonly columns: number
  /** Writes it to `out`: log(1 + x) of features on a logarithmic scale, the others as they are. */
  write(values: Float64Array, out: Float64Array): void
}

/**
 * The view of a model that keeps learning. It does not see features that go by the clock: as long as it remembers less than
 * some days, all they tell it is that what comes later is new.
 */
export function createModelInput(features: readonly Feature[]): ModelInput {
  const seen = features.map((feature, i) => ({ ...feature, i })).filter(({ clock }) => clock !== true)
  const places = Int32Array.from(seen, ({ i }) => i)
  const logarithmic = Uint8Array.from(seen, ({ scale }) => Number(scale === 'log'))
  return {
    columns: places.length,
    write(values, out) {
      for (let i = 0; i < places.length; i++) {
        const value = values[places[i]!]!
        out[i] = logarithmic[i] === 1 ? logOf(value) : value
      }
    },
  }
}

/** Most values are counts, and small: their logarithms are at hand. */
const COUNTS = Float64Array.from({ length: 2048 }, (_, count) => Math.log1p(count))

function logOf(value: number): number {
  const whole = value | 0
  return whole === value && whole >= 0 && whole < COUNTS.length ? COUNTS[whole]! : Math.log1p(Math.max(0, value))
}
