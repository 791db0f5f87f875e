/**
 * `base` (not negative) to the power of a fraction. `Math.pow` says something else in the last bit from one version of V8 to
 * the next; logarithm and exponential do not, and the same input has to give the same scores whatever Node it runs on.
 */
export function power(base: number, exponent: number): number {
  return Math.exp(exponent * Math.log(base))
}
