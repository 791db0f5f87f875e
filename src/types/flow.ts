import type { Alert } from './alert.ts'

/** One direction of a biflow (RFC 5103). Lengths are IP lengths in bytes (ARP: frame payload); times are seconds. */
export interface Direction {
  packets: number
  bytes: number
  /** Bytes above the transport header. */
  payload: number
  lengthMin: number
  lengthMax: number
  lengthMean: number
  lengthDeviation: number
  /** Gaps between consecutive packets of this direction; all 0 with fewer than two packets. */
  gapMin: number
  gapMax: number
  gapMean: number
  gapDeviation: number
  fin: number
  syn: number
  rst: number
  psh: number
  ack: number
  urg: number
  ece: number
  cwr: number
}

export const END_REASONS = ['idle', 'active', 'end', 'forced', 'evicted'] as const
/** Why a record was made, as IPFIX flowEndReason (136). */
export type EndReason = (typeof END_REASONS)[number]

export const CONN_STATES = [
  'S0',
  'S1',
  'SF',
  'REJ',
  'S2',
  'S3',
  'RSTO',
  'RSTR',
  'RSTOS0',
  'RSTRH',
  'SH',
  'SHR',
  'OTH',
] as const
/** How a TCP connection went, in Zeek's words. What is not TCP is `SF` when both ends spoke, and `S0` when one did. */
export type ConnState = (typeof CONN_STATES)[number]

/** What was read of the application layer, cut at 1 KiB a string and printable. Absent when nothing was. */
export interface FlowNames {
  /** What the originator had asked DNS for when it was told the responder's address. */
  remoteName?: string
  dnsQuery?: string
  dnsType?: number
  dnsRcode?: number
  dnsAnswers?: number
  /** Messages that asked; of multicast DNS one may hold several questions. */
  dnsQueries?: number
  /** Distinct names in questions, 256 standing for that or more; and their hashes, `scrambleText(name, 0)`, where there are several. */
  dnsNames?: number
  dnsHashes?: readonly number[]
  /** Sum of the lengths of all names asked, and the longest label in any of them. */
  dnsNameBytes?: number
  dnsLongestLabel?: number
  /** Mean entropy of the names asked, bits a character. */
  dnsEntropy?: number
  /** Questions for CNAME, NULL, MX, TXT, KEY or a private type. */
  dnsOddTypes?: number
  /** Answers that there is no such name, and the length of all answers. */
  dnsNxdomain?: number
  dnsAnswerBytes?: number
  tlsSni?: string
  /** Of the first request and the first final response; the path is percent-decoded once. */
  httpMethod?: string
  httpHost?: string
  httpPath?: string
  httpUserAgent?: string
  httpStatus?: number
  /** Of all requests the path that looks most like an attack; absent when none has a suspicious character. */
  httpOddPath?: string
  httpRequests?: number
  /** Responses with a status from 400 on. */
  httpErrors?: number
  tlsAlpn?: string
  /** Fingerprints of a ClientHello that came whole, over TCP or QUIC. */
  tlsJa3?: string
  tlsJa4?: string
  /** The originator's identification, or the responder's when the originator gave none. */
  ssh?: string
  /** DHCP: message type (RFC 2132, option 53), and what the client calls itself and asks for. */
  dhcpMessage?: number
  dhcpHost?: string
  dhcpRequested?: string
  /** Hardware address of that client, and the address a server acknowledged it has. */
  dhcpMac?: string
  dhcpAddress?: string
  /** Distinct hardware addresses of DHCP clients, 256 standing for that or more. */
  dhcpClients?: number
  /** Modbus requests by what their function code does. */
  modbusReads?: number
  modbusWrites?: number
  /** What the originator and the responder call themselves, by the protocol they said it in. */
  srcHostName?: string
  dstHostName?: string
  hostNameBy?: 'mdns' | 'llmnr' | 'netbios' | 'ssdp'
  tftpFile?: string
  tftpWrites?: number
}

export type TunnelKind =
  | 'gre'
  | 'erspan'
  | 'ip-in-ip'
  | '6in4'
  | '4in6'
  | 'vxlan'
  | 'geneve'
  | 'gtp-u'
  | 'teredo'
  | 'mpls'
  | 'srv6'

/** The outermost tunnel a flow came in. */
export interface Tunnel {
  readonly kind: TunnelKind
  /** VXLAN and Geneve network, GTP-U tunnel of the first packet, key of GRE; -1 where there is none. */
  readonly id: number
  /** Its ends as in `FlowRecord.address`, the one the originator is behind first. */
  readonly address: Int32Array
}

/**
 * The narrow waist: what every source makes and every later stage judges. One record is reused for every flow: whoever
 * keeps something of it copies it.
 */
export interface FlowRecord {
  /** 1, 2, 3 ... in the order the run made them. */
  id: number
  /** Name of the source that made it. */
  source: string
  /** Number of the frame that opened it in its input, from 1 as in Wireshark; 0 when the source has no frames. */
  frame: number
  /** First and last packet, epoch seconds. */
  first: number
  last: number
  /** First packet of the connection this record is a slice of, epoch seconds; `first` for the first slice. */
  opened: number
  /** 0 for the first active-timeout slice of a connection, then 1, 2 ... */
  slice: number
  /** IANA protocol number, or `ARP` (0x0806). */
  protocol: number
  /** Application protocol by content or port: `http`, `https`, `dns` ...; empty when unknown. */
  service: string
  /** Originator's and responder's address, four words each; IPv4 as ::ffff:a.b.c.d. ARP: sender and target. */
  readonly address: Int32Array
  /** Transport ports. ICMP: type and code, as Zeek has it. */
  srcPort: number
  dstPort: number
  /** 48-bit integers; 0 when the link has none. */
  srcMac: number
  dstMac: number
  /** Outermost VLAN id, 0 without a tag. */
  vlan: number
  /** IP time to live (hop limit) of the first packet, 0 when unknown. */
  ttl: number
  /** Null where the packets came in none, or the source does not say; `address` is what was inside. */
  tunnel: Tunnel | null
  readonly forward: Direction
  readonly reverse: Direction
  connState: ConnState
  endReason: EndReason
  names: FlowNames | null
  /** What other detectors said of it, at most 8; null when nothing. */
  alerts: readonly Alert[] | null
  /** Ground truth where the source knows it: empty is benign. Never shown to a detector. */
  label: string
}
