import type { Feature } from '../../features/feature.ts'
import { formatIPv4, formatMac, isIPv4 } from '../../net/address.ts'
import { DNS_TYPES } from '../../net/dns-types.ts'
import { PROTOCOL, protocolName } from '../../net/flow-record.ts'
import { CONN_STATES, type Direction, END_REASONS, type FlowNames, type FlowRecord } from '../../types/flow.ts'
import type { Field, Fields, NumberField, StringField } from './field.ts'
import { HOST_FIELDS } from './host-fields.ts'
import { NAME_FIELDS } from './name-fields.ts'

/** Direction's numbers. Each has an accessor of its own: a shared one that looks up a key by name costs ten times as much. */
const DIRECTION: readonly [name: string, label: string, unit: string, get: (direction: Direction) => number][] = [
  ['packets', 'packets', 'packets', (d) => d.packets],
  ['bytes', 'bytes', 'B', (d) => d.bytes],
  ['payload', 'payload bytes', 'B', (d) => d.payload],
  ['length_min', 'shortest packet', 'B', (d) => d.lengthMin],
  ['length_max', 'longest packet', 'B', (d) => d.lengthMax],
  ['length_mean', 'mean packet length', 'B', (d) => d.lengthMean],
  ['length_deviation', 'deviation of packet length', 'B', (d) => d.lengthDeviation],
  ['gap_min', 'shortest gap', 's', (d) => d.gapMin],
  ['gap_max', 'longest gap', 's', (d) => d.gapMax],
  ['gap_mean', 'mean gap', 's', (d) => d.gapMean],
  ['gap_deviation', 'deviation of gaps', 's', (d) => d.gapDeviation],
  ['fin', 'FIN packets', 'packets', (d) => d.fin],
  ['syn', 'SYN packets', 'packets', (d) => d.syn],
  ['rst', 'RST packets', 'packets', (d) => d.rst],
  ['psh', 'PSH packets', 'packets', (d) => d.psh],
  ['ack', 'ACK packets', 'packets', (d) => d.ack],
  ['urg', 'URG packets', 'packets', (d) => d.urg],
  ['ece', 'ECE packets', 'packets', (d) => d.ece],
  ['cwr', 'CWR packets', 'packets', (d) => d.cwr],
]

/** Every field a rule may name: what a flow record says, what is known of its hosts, and each feature (which wins). */
export function createFields(features: readonly Feature[]): Fields {
  const all = [...RECORD, ...directions(), ...HOST_FIELDS, ...features.map(featureField)]
  return new Map(all.map((field) => [field.name, field]))
}

function featureField(feature: Feature, index: number): NumberField {
  const { name, label, unit, own } = feature
  return { kind: 'number', name, label, unit, ...(own && { own }), get: (o) => o.features[index]! }
}

function number(name: string, label: string, get: (flow: FlowRecord) => number, unit = ''): NumberField {
  return { kind: 'number', name, label, unit, get: (o) => get(o.flow) }
}

function named(name: string, label: string, get: (names: FlowNames) => number | undefined, unit = ''): NumberField {
  const read = ({ names }: FlowRecord): number => (names === null ? Number.NaN : (get(names) ?? Number.NaN))
  return { ...number(name, label, read, unit), named: true }
}

function wire(name: string, label: string, key: StringKey): StringField {
  return { kind: 'string', name, label, wire: true, get: (o) => o.flow.names?.[key] ?? '' }
}

type StringKey = { [K in keyof FlowNames]-?: NonNullable<FlowNames[K]> extends string ? K : never }[keyof FlowNames]

function mac(name: string, label: string, get: (flow: FlowRecord) => number): NumberField {
  return {
    ...number(name, label, get),
    parse: parseMac,
    format: formatMac,
    allowed: 'a MAC address such as 00:25:b3:bf:91:ee',
  }
}

function parseMac(value: unknown): number | null {
  if (typeof value !== 'string' || !/^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(value)) return null
  return Number.parseInt(value.replace(/[:-]/g, ''), 16)
}

/** The /24 of an IPv4 address, the /48 of an IPv6 one. */
function subnet(name: string, label: string, offset: number): NumberField {
  return {
    ...number(name, label, ({ address }) => {
      if (isIPv4(address, offset)) return address[offset + 3]! >>> 8
      return (address[offset]! >>> 0) * 0x10000 + (address[offset + 1]! >>> 16)
    }),
    parse: () => null,
    allowed: 'nothing: it is for group-by',
    format: (value) => (value < 2 ** 24 ? `${formatIPv4(value << 8)}/24` : `${subnet6(value)}::/48`),
  }
}

function subnet6(value: number): string {
  return [2 ** 32, 2 ** 16, 1].map((unit) => (Math.floor(value / unit) & 0xffff).toString(16)).join(':')
}

function isICMP(flow: FlowRecord): boolean {
  return flow.protocol === PROTOCOL.icmp || flow.protocol === PROTOCOL.icmp6
}

function hasPorts(flow: FlowRecord): boolean {
  return flow.protocol === PROTOCOL.tcp || flow.protocol === PROTOCOL.udp || flow.protocol === PROTOCOL.sctp
}

const PROTOCOLS = Object.keys(PROTOCOL)

const RECORD: readonly Field[] = [
  {
    ...number('protocol', 'protocol', (flow) => flow.protocol),
    parse: (value) => {
      if (typeof value === 'number') return Number.isInteger(value) && value >= 0 && value <= 255 ? value : null
      return Object.hasOwn(PROTOCOL, String(value)) ? PROTOCOL[value as keyof typeof PROTOCOL] : null
    },
    format: (value) => protocolName(value).toUpperCase(),
    allowed: `${PROTOCOLS.join(', ')} or an IANA protocol number`,
    values: PROTOCOLS,
  },
  { kind: 'string', name: 'service', label: 'service', wire: false, get: (o) => o.flow.service },
  { kind: 'address', name: 'src_address', label: 'source address', offset: 0 },
  { kind: 'address', name: 'dst_address', label: 'destination address', offset: 4 },
  subnet('src_subnet', 'network of the source', 0),
  subnet('dst_subnet', 'network of the destination', 4),
  number('src_port', 'source port', (flow) => (hasPorts(flow) ? flow.srcPort : Number.NaN)),
  number('dst_port', 'destination port', (flow) => (hasPorts(flow) ? flow.dstPort : Number.NaN)),
  number('icmp_type', 'ICMP type', (flow) => (isICMP(flow) ? flow.srcPort : Number.NaN)),
  number('icmp_code', 'ICMP code', (flow) => (isICMP(flow) ? flow.dstPort : Number.NaN)),
  number('arp_operation', 'ARP operation', (flow) => (flow.protocol === PROTOCOL.arp ? flow.srcPort : Number.NaN)),
  mac('src_mac', 'source MAC', (flow) => flow.srcMac),
  mac('dst_mac', 'destination MAC', (flow) => flow.dstMac),
  number('vlan', 'VLAN', (flow) => flow.vlan),
  {
    kind: 'string',
    name: 'conn_state',
    label: 'connection state',
    values: CONN_STATES,
    wire: false,
    get: (o) => o.flow.connState,
  },
  {
    kind: 'string',
    name: 'end_reason',
    label: 'end reason',
    values: END_REASONS,
    wire: false,
    get: (o) => o.flow.endReason,
  },
  number('slice', 'slice of the connection', (flow) => flow.slice),
  number('age', 'age of the connection', (flow) => flow.last - flow.opened, 's'),
  wire('dst_name', 'name the destination was asked by', 'remoteName'),
  wire('dns.qname', 'DNS name', 'dnsQuery'),
  {
    ...named('dns.qtype', 'DNS query type', (names) => names.dnsType),
    parse: (value) => {
      if (typeof value === 'number') return value
      return DNS_TYPES.get(String(value)) ?? null
    },
    allowed: `${[...DNS_TYPES.keys()].join(', ')} or a number`,
    values: [...DNS_TYPES.keys()],
  },
  named('dns.rcode', 'DNS response code', (names) => names.dnsRcode),
  named('dns.answers', 'DNS answers', (names) => names.dnsAnswers),
  wire('tls.sni', 'TLS server name', 'tlsSni'),
  wire('tls.ja3', 'TLS fingerprint JA3', 'tlsJa3'),
  wire('tls.ja4', 'TLS fingerprint JA4', 'tlsJa4'),
  wire('http.method', 'HTTP method', 'httpMethod'),
  wire('http.host', 'HTTP host', 'httpHost'),
  wire('http.path', 'HTTP path', 'httpPath'),
  wire('http.user_agent', 'HTTP user agent', 'httpUserAgent'),
  named('http.status', 'HTTP status', (names) => names.httpStatus),
  wire('ssh.banner', 'SSH banner', 'ssh'),
  ...NAME_FIELDS,
]

function directions(): Field[] {
  return DIRECTION.flatMap(([name, label, unit, get]): NumberField[] => [
    { kind: 'number', name: `forward_${name}`, label: `${label} sent`, unit, get: ({ flow }) => get(flow.forward) },
    { kind: 'number', name: `reverse_${name}`, label: `${label} received`, unit, get: ({ flow }) => get(flow.reverse) },
  ])
}
