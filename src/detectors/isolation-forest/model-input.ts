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
        out[i] = logarithmic[i] === 1 ? Math.log1p(Math.max(0, value)) : value
      }
    },
  }
}
