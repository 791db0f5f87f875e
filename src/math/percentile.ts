/**
 * The `percent`th percentile (0 to 100) of `values`, linear between neighbours, to the last bit as `numpy.percentile`
 * has it. `values` is left as it is; NaN when empty.
 */
export function percentile(values: ArrayLike<number>, percent: number): number {
  return sortedPercentile(Float64Array.from(values).sort(), percent)
}

/** As `percentile`, of values already in ascending order. */
export function sortedPercentile(sorted: ArrayLike<number>, percent: number): number {
  const at = (percent / 100) * (sorted.length - 1)
  const low = sorted[Math.floor(at)] ?? Number.NaN
  const high = sorted[Math.min(Math.floor(at) + 1, sorted.length - 1)] ?? Number.NaN
  const share = at - Math.floor(at)
  return share < 0.5 ? low + (high - low) * share : high - (high - low) * (1 - share)
}
