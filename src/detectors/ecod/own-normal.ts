import type { HostContext, Quantity } from '../../types/host.ts'
import type { Normal } from '../../types/verdict.ts'

/** Active minutes a host must have been seen before its own normal is spoken of. */
export const KNOWN_MINUTES = 30

/** What is usual for the host of the flow at hand, in its own active minutes; null while too few are known. */
export function ownNormal(context: HostContext, quantity: Quantity | undefined, observed: number): Normal | null {
  if (quantity === undefined) return null
  const { baseline } = context
  const minutes = baseline.minutes(quantity)
  if (minutes < KNOWN_MINUTES) return null
  const [p50, p99] = [baseline.quantile(quantity, 0.5), baseline.quantile(quantity, 0.99)]
  // A tail is smoothed by one minute: at its least, no minute came up to this flow.
  const never = observed > p99 && baseline.tail(quantity) * (minutes + 1) < 1.5
  return { of: 'host', p50, p99, never, count: Math.round(minutes), age: baseline.age(quantity) }
}
