import type { Role } from '../../types/host.ts'

/** Everything about beacons that may be turned. Counts are calls: connections, those opened together counted once. */
export const BEACON = {
  /**
   * Calls needed, by the seconds between them. A page that loads or a client that tries again makes many connections in
   * seconds, so fast calls must be many; nobody has days to wait for the twentieth of an hourly call.
   */
  calls: [
    { below: 10, calls: 16 },
    { below: 30, calls: 12 },
    { below: 300, calls: 8 },
    { below: Number.POSITIVE_INFINITY, calls: 7 },
  ],
  /**
   * How far gaps may spread (median deviation over median): so much for each call above four, up to the most. Few random
   * gaps look even by chance, many do not; calls at random spread by 0.7, a minute cut by up to half at random by 0.17.
   */
  spreadPerCall: 0.015,
  spreadMost: 0.22,
  /** RITA's mean of four, about where RITA calls it medium; and of these the part that compares sizes. */
  score: 0.88,
  size: 0.85,
  /**
   * What began within so many seconds of our watching may always have been there, as a television's reports to its maker:
   * then so large a share of sizes must lie so near their median, unless calls are faster than anything meant to be so.
   */
  before: { watched: 1_200, share: 0.85, near: 0.005, fast: 30 },
  /**
   * What called a server with a name within so many of its own intervals of our watching surely went on before, as agents and
   * appliances do all their life: it scores so much only, which adds to what others say. Not where calls are faster than these
   * do, nor among fewer hosts than a network has: who captures one host alone does it for a reason.
   */
  habit: { intervals: 2, fast: 10, hosts: 4, score: 0.4 },
  /** Asked of the score on top where half of at least three hosts here know the destination, or the pair is a month old. */
  popular: { talkers: 3, prevalence: 0.5, more: 0.1 },
  familiar: { age: 30 * 86_400, more: 0.1 },
  /** Who calls, or is called, regularly because that is what it is for. */
  roles: new Set<Role>(['time-server', 'resolver', 'gateway', 'scanner', 'broadcast-talker', 'broadcast', 'multicast']),
  /** Periodic by design, and none of a browser's: names, time, discovery, mail polling, push, MQTT, SIP, STUN. */
  ports: new Set([
    53, 67, 68, 110, 123, 137, 138, 143, 853, 993, 995, 1883, 1900, 3478, 3479, 5060, 5061, 5222, 5223, 5228, 5353,
    5355, 8883,
  ]),
  /**
   * A series is told once, and while it goes on within a pause shorter than incidents wait; then again only after a week of
   * silence about it. So many series are remembered for that.
   */
  told: { cap: 4_096, pause: 540, again: 7 * 86_400 },
  /** Calls that may be missed before one that comes again is another story. */
  missed: 3,
  /** Of long series that were not told only every eighth connection is looked at. */
  often: 32,
  every: 8,
} as const
