/**
 * One flow is 256 bytes of one buffer, seen as 64 32-bit words and 32 doubles. What every packet touches comes first; each
 * direction's counters are contiguous, so that a packet costs three cache lines.
 */
export const WORDS = 64
export const DOUBLES = 32
/** log2 of both: a slot's first word is `slot << WORD_SHIFT`. */
export const WORD_SHIFT = 6
export const DOUBLE_SHIFT = 5

/** Words of the flow itself. */
export const WORD = {
  /** Both addresses, the smaller end first. */
  address: 0,
  /** Ports in the same order, high half first; ICMP: identifier, type and code. */
  ports: 8,
  /** Protocol (9 bits, ARP is 256), time to live or ARP opcode (8), VLAN (12), `READING` (3): negative while read. */
  kind: 9,
  /** Next flow with the same hash, 0 at the end. */
  chain: 10,
  /** Slice number in the high half, STATE bits in the low one. */
  state: 11,
  timerPrevious: 12,
  timerNext: 13,
  frame: 37,
  macHigh: 59,
  srcMacLow: 60,
  dstMacLow: 61,
} as const

/** Doubles of the flow itself: seconds on the table's clock. */
export const DOUBLE = { first: 7, opened: 31 } as const

/** First double of each direction's counters. */
export const FORWARD = 8
export const REVERSE = 19

/** Doubles of a direction, from its first one on. Gaps are in ticks of the table. */
export const SUM = { last: 0, bytes: 1, lengthSquares: 2, gaps: 3, gapSquares: 4 } as const

/** Words of a direction, from twice its first double on. Flags seldom seen share a word, 16 bits each, and saturate. */
export const COUNT = {
  packets: 10,
  /** Bytes up to and including the transport header. */
  overhead: 11,
  /** Smallest and largest length, 16 bits each. */
  lengths: 12,
  gapMin: 13,
  gapMax: 14,
  psh: 15,
  ack: 16,
  syn: 17,
  rst: 18,
  finUrg: 19,
  eceCwr: 20,
} as const

export const ARP_KIND = 256
export const PROTOCOL_MASK = 0x1ff
export const TTL_SHIFT = 9
export const VLAN_SHIFT = 17
export const VLAN_MASK = 0xfff
export const READING_SHIFT = 29
export const READING_MASK = 7 << READING_SHIFT

/** Low half of the state word. The first eight bits are those of `tcp-state.ts`. */
export const STATE = {
  tcp: 0xff,
  /** The originator is the larger of the two ends. */
  originatorIsLarger: 1 << 8,
  forwardSeen: 1 << 9,
  reverseSeen: 1 << 10,
  /** Closed by FIN both ways or by RST: waits only for what trails behind. */
  closing: 1 << 11,
  /** The first packet was the originator's SYN. */
  openedBySyn: 1 << 12,
  /** The originator sent more than SYN and data before its RST. */
  spoiled: 1 << 13,
  payloadSeen: 1 << 14,
  /** ICMP: the first packet was a reply. */
  openedByReply: 1 << 15,
} as const

/** Slice number of a flow that is over and was told of; slices are counted up to one less. */
export const TOLD = 0xffff

export const BOTH_SEEN = STATE.forwardSeen | STATE.reverseSeen
