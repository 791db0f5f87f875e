import type { Direction, FlowRecord } from '../types/flow.ts'

/** The IP protocol numbers this program names, and `ARP`, which has none: its EtherType stands in. */
export const PROTOCOL = {
  icmp: 1,
  igmp: 2,
  ipv4: 4,
  tcp: 6,
  udp: 17,
  ipv6: 41,
  gre: 47,
  esp: 50,
  icmp6: 58,
  sctp: 132,
  ethernet: 143,
  arp: 0x0806,
} as const

const NAMES = new Map<number, string>(Object.entries(PROTOCOL).map(([name, number]) => [number, name]))

/** Lower-case protocol name as rules write it: `tcp`; the number as text where it has no name here. */
export function protocolName(protocol: number): string {
  return NAMES.get(protocol) ?? String(protocol)
}

/** Protocol as a person reads it: `HTTP`, `HTTPS` where the service says so, else `TCP`, `UDP`, `ICMP` ... */
export function protocolLabel(flow: FlowRecord): string {
  if (flow.service === 'http') return 'HTTP'
  if (flow.service === 'https') return 'HTTPS'
  return flow.protocol === PROTOCOL.icmp6 ? 'ICMPv6' : protocolName(flow.protocol).toUpperCase()
}

/** An empty record with every field present, so that all records share one hidden class. */
export function createFlowRecord(): FlowRecord {
  return {
    id: 0,
    source: '',
    frame: 0,
    first: 0,
    last: 0,
    opened: 0,
    slice: 0,
    protocol: 0,
    service: '',
    address: new Int32Array(8),
    srcPort: 0,
    dstPort: 0,
    srcMac: 0,
    dstMac: 0,
    vlan: 0,
    ttl: 0,
    tunnel: null,
    forward: createDirection(),
    reverse: createDirection(),
    connState: 'OTH',
    endReason: 'idle',
    names: null,
    alerts: null,
    label: '',
  }
}

function createDirection(): Direction {
  return {
    packets: 0,
    bytes: 0,
    payload: 0,
    lengthMin: 0,
    lengthMax: 0,
    lengthMean: 0,
    lengthDeviation: 0,
    gapMin: 0,
    gapMax: 0,
    gapMean: 0,
    gapDeviation: 0,
    fin: 0,
    syn: 0,
    rst: 0,
    psh: 0,
    ack: 0,
    urg: 0,
    ece: 0,
    cwr: 0,
  }
}

/** Copies every field of `from` into `to`; `names` and `tunnel` are shared, being immutable once set. */
export function copyFlowRecord(from: FlowRecord, to: FlowRecord): FlowRecord {
  const { address, forward, reverse } = to
  Object.assign(to, from, { address, forward, reverse })
  address.set(from.address)
  Object.assign(forward, from.forward)
  Object.assign(reverse, from.reverse)
  return to
}
