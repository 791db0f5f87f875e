/** One connection in the join table: so many 32-bit words and doubles. */
export const WORDS = 24
export const DOUBLES = 16

/** Side 0 is the smaller end, side 1 the larger one. */
export const WORD = {
  /** Both addresses, the smaller end first. */
  address: 0,
  /** Ports in the same order, high half first; ICMP: what query and reply have in common. */
  ports: 8,
  /** Protocol (16 bits) and the exporter's index. */
  kind: 9,
  /** Next connection with the same hash, 0 at the end. */
  chain: 10,
  previous: 11,
  next: 12,
  /** `STATE` bits, and the number of the slice in the high half. */
  state: 13,
  /** TCP flags of the connection so far, a byte a side, and of this slice. */
  flags: 14,
  sliceFlags: 15,
  /** ICMP type and code, 16 bits a side. */
  message: 16,
  /** VLAN (12 bits), time to live (8), IPFIX end reason (8). */
  link: 17,
  /** Smallest and largest length, a word a side. */
  lengthMin: 18,
  lengthMax: 20,
} as const

/** A side's doubles, from `SIDE * side` on. */
export const SIDE = 6
export const DOUBLE = {
  first: 0,
  last: 1,
  packets: 2,
  bytes: 3,
  payload: 4,
  mac: 5,
  /** Start and end of the connection, and when it has to be dealt with. */
  opened: 12,
  ended: 13,
  due: 14,
} as const

export const STATE = {
  /** Who began is known. */
  oriented: 1,
  /** It was the larger end. */
  originatorIsLarger: 2,
  /** A side was told of since the connection was last handed on; shifted by the side. */
  told: 4,
  toldBoth: 12,
  /** ... or ever; shifted by the side. */
  seen: 16,
  seenBoth: 48,
  /** Single packets are gathered. */
  sample: 64,
  /** Counts stand for more than was counted. */
  scaled: 128,
  /** The sides' doubles hold a record that may be told again; shifted by the side. */
  kept: 256,
} as const

export const SLICE_SHIFT = 16
