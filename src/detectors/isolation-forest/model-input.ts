import type { Feature } from '../../features/feature.ts'

/** Writes what a model sees of a feature vector: log(1 + x) of features on a logarithmic scale, the others as they are. */
export function modelInput(features: readonly Feature[]): (values: Float64Array, out: Float64Array) => void {
  const logarithmic = Uint8Array.from(features, ({ scale }) => Number(scale === 'log'))
  return (values, out) => {
    for (let i = 0; i < out.length; i++)
      out[i] = logarithmic[i] === 1 ? Math.log1p(Math.max(0, values[i]!)) : values[i]!
  }
}
