import { InputError } from '../types/errors.ts'

/** How long flows live. Seconds of packet time. */
export interface FlowOptions {
  /** Flows held at once; at the cap the least useful one is ended early and counted. */
  cap?: number
  /** Silence that ends a TCP flow, and any other. */
  idleTcp?: number
  idleOther?: number
  /** Silence that ends a TCP flow nobody answered. */
  halfOpen?: number
  /** A flow that lasts longer is reported in slices of this length. */
  active?: number
  /** The same for a flow's first slice, `active` at most. */
  firstSlice?: number
  /** After FIN both ways, or RST: how long trailing segments still join. */
  linger?: number
  /**
   * Tells of a TCP flow at the packet that ends it (RST, or what follows FIN both ways) instead of after `linger`, for who watches.
   * What trails behind is still the flow's, but no longer told of.
   */
  prompt?: boolean
  /** Makes hash collisions impossible to choose; has no influence on what is reported. */
  seed?: number
  /** Name of the source the records are marked with. */
  source?: string
}

export type FlowLimits = Required<FlowOptions>

const DEFAULTS: FlowLimits = {
  cap: 262_144,
  idleTcp: 60,
  idleOther: 15,
  halfOpen: 10,
  active: 60,
  firstSlice: 10,
  linger: 2,
  prompt: false,
  seed: 1,
  source: '',
}

const CAP_MAX = 8_388_608

/** The options with defaults filled in; throws an `InputError` on one that cannot be. */
export function limitsOf(options: FlowOptions): FlowLimits {
  const limits = { ...DEFAULTS, ...options }
  limits.firstSlice = Math.min(limits.firstSlice, limits.active)
  if (!Number.isInteger(limits.cap) || limits.cap < 1 || limits.cap > CAP_MAX) {
    throw new InputError(`flows.cap: ${limits.cap} is not a whole number from 1 to ${CAP_MAX}`)
  }
  for (const name of ['idleTcp', 'idleOther', 'halfOpen', 'active', 'firstSlice', 'linger'] as const) {
    const seconds = limits[name]
    if (!(seconds > 0 && seconds <= 86_400)) {
      throw new InputError(`flows.${name}: ${seconds} is not a number of seconds above 0 and up to 86400`)
    }
  }
  return limits
}
