import type { Quantity } from '../types/host.ts'
import type { Observation } from '../types/observation.ts'

/** One number drawn from a flow. Its name is the rule field, the explanation's text and the dashboard's label at once. */
export interface Feature {
  readonly name: string
  /** In words: "packets per second". */
  readonly label: string
  readonly unit: '' | 's' | 'B' | 'B/s' | 'packets' | 'packets/s' | 'bit' | 'h'
  /** `log`: heavy-tailed and never negative, so models see log1p of it. */
  readonly scale: 'linear' | 'log'
  /** What the values 0, 1, 2 ... stand for, where they are kinds and not amounts. */
  readonly words?: readonly string[]
  /** It goes by the clock: what comes later has values never seen. A model that keeps learning must not find that strange. */
  readonly clock?: true
  /** What a host's own baseline is kept of, where this is it. */
  readonly own?: Quantity
  of(observation: Observation): number
}
