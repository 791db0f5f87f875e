/** Flows of which at least every one is kept. */
const ALL = 1024

/**
 * Whether the `n`th flow learned is among those that scores are ranked against and explanations compare with: each of the
 * first 1,024 (or of the `warmup`), then one in four, picked by a sequence that keeps no step with the traffic. It costs a
 * quarter, and remembers four times as long.
 */
export function isKept(n: number, warmup: number): boolean {
  return n < ALL || n < warmup || Math.imul(n, 0x9e3779b1) >>> 30 === 0
}
