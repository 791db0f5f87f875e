/** Everything about newcomers that may be turned. Times are seconds. */
export const NEWCOMER = {
  /** Until so long after the first flow everything is new and nothing is told. */
  watched: 1_500,
  /** Of a silence of everybody no more than this counts for that. */
  silence: 300,
  device: {
    /** Above the limit of a verdict, so that it is seen, once a device; its level is low, since most are welcome. */
    score: 0.75,
    /** A device is new this long: it asks for an address before it has one to be told by. */
    young: 120,
    /**
     * Where many arrive, being new means nothing (a guest network, an office in the morning). Arrivals fade with these time
     * constants; those while everything is new count in the first only.
     */
    burst: { fade: 600, limit: 1.5 },
    steady: { fade: 6 * 3_600, limit: 12 },
    /** Devices told lately that are remembered, so that each is told once. */
    remembered: 256,
  },
  destination: {
    /** Too little for an incident: it adds to what others say. A port nobody here used before makes it one. */
    score: 0.4,
    newPortScore: 0.75,
    /** A destination is new this long. */
    young: 600,
    /** Only of a host known for so long, that talks to few: in an hour, and in 99 of 100 of so many active minutes. */
    hostAge: 1_200,
    fanout1h: 8,
    fanout60s: 3,
    minutes: 5,
    /** Bytes said by either side, below which it was a knock and no talk. */
    payload: 200,
    /** Local hosts without which "nobody else here" means little. */
    hosts: 3,
    /** Pairs told are remembered, and gone on with while they pause no longer. */
    told: { cap: 1_024, pause: 540, again: 7 * 86_400 },
  },
} as const
