import type { Role } from '../../types/host.ts'

/** Everything about uploads that may be turned. Amounts are bytes on the wire. */
export const UPLOAD = {
  /** Below this nothing is worth a word, whatever the habit: a photograph or two. */
  least: 5e6,
  /** Sent for each byte received; calls and games go both ways, downloads come in. */
  oneSided: 5,
  /** A flow that carries less than this adds nothing to the story. */
  flow: 10_000,
  /** The destination has at least this share of all the host sends in a minute: else the story is another one. */
  shareOfMinute: 0.5,
  /** Active minutes from which the host's 99th percentile is believed. */
  minutes: 15,
  /** How many times its 99th percentile a host must send for medium, whoever gets it; and for high, if it is much. */
  factor: 20,
  farAbove: { factor: 100, least: 100e6 },
  /**
   * To a host outside that is new to it and known to nobody else here less will do, if it is much: low, for so do services
   * that send files. The pair is new for a day.
   */
  stranger: { factor: 4, least: 20e6, age: 86_400 },
  /** To one destination in an hour, from a host whose habits are not known (as Slips has it). */
  withoutBaseline: 500e6,
  /** Who is sent much by design, or is not a place. */
  roles: new Set<Role>(['resolver', 'time-server', 'gateway', 'broadcast', 'multicast']),
} as const
