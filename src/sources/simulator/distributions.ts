import type { Random } from '../../math/random.ts'

/** Log-normal around `median`, cut to [low, high]: sizes and times of real traffic. */
export function logNormal(random: Random, median: number, sigma: number, low: number, high: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Math.min(high, Math.max(low, median * Math.exp(sigma * normal)))
}

/** Exponential with the given mean, at most eight times it: gaps of events that know nothing of each other. */
export function exponential(random: Random, mean: number): number {
  return Math.min(-Math.log(1 - random()), 8) * mean
}

/** Uniform in [low, high). */
export function uniform(random: Random, low: number, high: number): number {
  return low + random() * (high - low)
}

/** Zipf-like choice: the first items are the popular ones. */
export function popular<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(items.length * random() ** 2.5)]!
}

/** Index into `weights`, as likely as its weight. */
export function weighted(random: Random, weights: readonly number[]): number {
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0)
  for (let i = 0; i < weights.length - 1; i++) {
    left -= weights[i]!
    if (left < 0) return i
  }
  return weights.length - 1
}

/** A new array in random order (Fisher, Yates). */
export function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const result = [...items]
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const swapped = result[i]!
    result[i] = result[j]!
    result[j] = swapped
  }
  return result
}

/** `length` letters of `alphabet`. */
export function letters(random: Random, length: number, alphabet: string): string {
  let text = ''
  for (let i = 0; i < length; i++) text += alphabet[Math.floor(random() * alphabet.length)]
  return text
}
