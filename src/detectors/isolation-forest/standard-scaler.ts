/** Per column mean and standard deviation, to put every column on one scale. */
export interface StandardScaler {
  readonly mean: Float64Array
  /** Standard deviation (ddof 0); 1 for a column that does not vary. */
  readonly scale: Float64Array
}

/** A scaler of the first `n` rows of `d` values, as scikit-learn's StandardScaler. */
export function fitScaler(rows: ArrayLike<number>, n: number, d: number): StandardScaler {
  const mean = new Float64Array(d)
  const scale = new Float64Array(d)
  for (let j = 0; j < d; j++) {
    let sum = 0
    for (let i = 0; i < n; i++) sum += rows[i * d + j]!
    mean[j] = sum / n
    // The second sum is 0 but for rounding; taking it off is what keeps a constant column's variance at 0.
    let squares = 0
    let rest = 0
    for (let i = 0; i < n; i++) {
      const deviation = rows[i * d + j]! - mean[j]!
      squares += deviation * deviation
      rest += deviation
    }
    const variance = (squares - (rest * rest) / n) / n
    scale[j] = isConstant(variance, mean[j]!, n) ? 1 : Math.sqrt(variance)
  }
  return { mean, scale }
}

/** Writes the standardised row at `offset` of `rows` to `outOffset` of `out`. */
export function standardise(
  scaler: StandardScaler,
  rows: ArrayLike<number>,
  offset: number,
  out: Float32Array,
  outOffset: number,
): void {
  const { mean, scale } = scaler
  for (let j = 0; j < mean.length; j++) out[outOffset + j] = (rows[offset + j]! - mean[j]!) / scale[j]!
}

/** Takes the first `n` rows back to what they were before `standardise`, in place. */
export function unstandardise({ mean, scale }: StandardScaler, rows: Float32Array, n: number): void {
  const d = mean.length
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) rows[i * d + j] = rows[i * d + j]! * scale[j]! + mean[j]!
  }
}

/** scikit-learn's test: a variance within what rounding alone makes of equal numbers. */
function isConstant(variance: number, mean: number, n: number): boolean {
  return !(variance > n * Number.EPSILON * variance + (n * mean * Number.EPSILON) ** 2)
}
