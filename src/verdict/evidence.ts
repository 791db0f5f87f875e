import { power } from '../math/power.ts'

/** The e-value of a p-value (Vovk, Wang 2021): its mean over normal flows is at most 1. */
export function evidenceOf(p: number): number {
  return 0.2 * power(p, -0.8)
}

/** The p-value that `evidenceOf` would have made `e` of, at most 1. */
export function pOf(e: number): number {
  return Math.min(1, power(0.2 / e, 1.25))
}
