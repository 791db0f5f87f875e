/** Two bins an octave: 0, [1, 1.41), [1.41, 2), [2, 2.83) ... and from 2^31 on the last. */
export const LOG_BINS = 64

/** The bin of a number that is not negative. */
export function logBin(value: number): number {
  if (value < 1) return 0
  if (value >= 2 ** 31) return LOG_BINS - 1
  const octave = 31 - Math.clz32(value)
  const upper = value >= Math.SQRT2 * (1 << octave)
  return 1 + 2 * octave + (upper ? 1 : 0)
}

/** The largest whole number of a bin; the last has no end and gives 2^31. */
export function logBinTop(bin: number): number {
  if (bin <= 0) return 0
  if (bin >= LOG_BINS - 1) return 2 ** 31
  return Math.ceil(2 ** (bin / 2)) - 1
}
