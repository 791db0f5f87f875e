import { PROTOCOL } from '../../src/net/flow-record.ts'

/** What tshark is asked of a frame. */
export const FRAME_FIELDS = [
  ...(['frame.protocols', 'ip.src', 'ip.dst', 'ip.proto', 'ip.len', 'ipv6.src', 'ipv6.dst', 'ipv6.plen'] as const),
  ...(['tcp.srcport', 'tcp.dstport', 'tcp.flags', 'udp.srcport', 'udp.dstport', 'icmp.type', 'icmp.code'] as const),
  ...(['sctp.srcport', 'sctp.dstport', 'icmpv6.type', 'icmpv6.code', 'arp.opcode'] as const),
  ...(['vlan.id', 'ieee8021ad.id', 'communityid', '_ws.malformed'] as const),
]
export type FrameFields = Record<(typeof FRAME_FIELDS)[number], string>

/** What may stand between two network headers for the inner one to be that of the packet. */
const CARRIERS = new Set([
  ...['eth', 'ethertype', 'vlan', 'ieee8021ad', 'ieee8021ah', 'mpls', 'pwethcw', 'pwethheuristic', 'pppoes', 'ppp'],
  ...['udp', 'gre', 'erspan', 'vxlan', 'geneve', 'gtp', 'teredo', 'wccp', 'vxlan_gpe'],
])

/** Carriers tshark opens and we do not. */
const UNOPENED = new Set(['ayiya', 'gtpprime', 'lwapp', 'nsh', 'sflow'])

/**
 * What tshark says of the innermost IP or ARP header that can be reached by carriers decoded here, null where there is none;
 * `ours` settles what it does not tell.
 */
export function tsharkSays(fields: FrameFields, ours: string, later: boolean): string | null {
  const layers = fields['frame.protocols'].split(':')
  const at = innermost(fields, layers)
  if (at < 0) return null
  const network = layers[at]!
  const tag = layers.slice(0, at).find((layer) => layer === 'vlan' || layer === 'ieee8021ad')
  const vlan = `vlan ${tag === undefined ? 0 : Number(first(fields[`${tag}.id`]))}`
  const nth = nthOf(layers, at)
  if (network === 'arp') return stopsEarly(fields) ? 'arp' : ['arp', of(fields['arp.opcode'], nth), vlan].join(' ')
  const words = network === 'ip' ? ipv4Says(fields, nth, vlan, ours) : ipv6Says(fields, layers, at, nth, vlan, ours)
  // Later fragments have no ports of their own.
  if (later || stopsEarly(fields)) return words.join(' ')
  return [...words, ...transportSays(fields, layers, at, Number(words[4]))].join(' ')
}

/** What tshark names and shows no field of is not there. */
function isShown(fields: FrameFields, layers: readonly string[], at: number): boolean {
  const layer = layers[at]
  return layer === 'arp' || of(fields[`${layer as 'ip' | 'ipv6'}.src`], nthOf(layers, at)) !== ''
}

function nthOf(layers: readonly string[], at: number): number {
  return layers.slice(0, at).filter((layer) => layer === layers[at]).length
}

function innermost(fields: FrameFields, layers: readonly string[]): number {
  let found = -1
  for (const [i, layer] of layers.entries()) {
    if (layer === 'arp') return i
    if (isNetwork(layer)) found = found < 0 || isShown(fields, layers, i) ? i : found
    else if (found >= 0 && !CARRIERS.has(layer) && !isExtension(layer)) return found
  }
  return found
}

function isNetwork(layer: string): boolean {
  return layer === 'ip' || layer === 'ipv6' || layer === 'arp'
}

function isExtension(layer: string): boolean {
  return layer.startsWith('ipv6.') || layer === 'ah'
}

function transportSays(fields: FrameFields, layers: readonly string[], at: number, protocol: number): string[] {
  const nth = (name: string): number => layers.slice(0, at).filter((layer) => layer === name).length
  const both = (name: 'tcp' | 'udp' | 'sctp'): string[] => [
    of(fields[`${name}.srcport`], nth(name)),
    of(fields[`${name}.dstport`], nth(name)),
  ]
  if (protocol === PROTOCOL.tcp)
    return ['tcp', ...both('tcp'), String(Number(of(fields['tcp.flags'], nth('tcp'))) & 0xff)]
  if (protocol === PROTOCOL.udp) return ['udp', ...both('udp')]
  if (protocol === PROTOCOL.sctp) return ['sctp', ...both('sctp')]
  const family = protocol === PROTOCOL.icmp && layers[at] === 'ip' ? 'icmp' : 'icmpv6'
  if (family === 'icmpv6' && (protocol !== PROTOCOL.icmp6 || layers[at] !== 'ipv6')) return []
  return ['icmp', of(fields[`${family}.type`], nth(family)), of(fields[`${family}.code`], nth(family))]
}

function ipv4Says(fields: FrameFields, nth: number, vlan: string, ours: string): string[] {
  // A stated length of 0 is segmentation offload: ours is what was on the wire.
  const stated = of(fields['ip.len'], nth)
  const ends = [of(fields['ip.src'], nth), of(fields['ip.dst'], nth)]
  return [...ends, vlan, 'protocol', of(fields['ip.proto'], nth), 'length', stated === '0' ? lengthOf(ours) : stated]
}

function ipv6Says(
  fields: FrameFields,
  layers: string[],
  at: number,
  nth: number,
  vlan: string,
  ours: string,
): string[] {
  const stated = Number(of(fields['ipv6.plen'], nth))
  // A payload length of 0 is a jumbogram or offload; the protocol behind extension headers is in no field of its own.
  const length = stated === 0 ? lengthOf(ours) : String(stated + 40)
  const ends = [of(fields['ipv6.src'], nth), of(fields['ipv6.dst'], nth)]
  return [...ends, vlan, 'protocol', protocolBehind(layers, at, ours), 'length', length]
}

function protocolBehind(layers: readonly string[], at: number, ours: string): string {
  const next = layers.slice(at + 1).find((layer) => !isExtension(layer))
  const named = { tcp: PROTOCOL.tcp, udp: PROTOCOL.udp, icmpv6: PROTOCOL.icmp6, sctp: PROTOCOL.sctp }[next ?? '']
  return named === undefined ? (/protocol (\d+)/.exec(ours)?.[1] ?? '') : String(named)
}

/** Where tshark sees the network header and looks no further: a length of 0, an option it does not know, ARP for ATM. */
export function stopsEarly(fields: FrameFields): boolean {
  return first(fields['ipv6.plen']) === '0' || /:(ipv6\.dstopts|atmarp)$/.test(fields['frame.protocols'])
}

/** A datagram beyond 64 KiB, as a capture on a sender shows it: its lengths are 0, and tshark looks no further. */
export function isOffloaded(fields: FrameFields): boolean {
  const withoutLength = Number(first(fields['ip.len'])) > 0xffff || first(fields['ipv6.plen']) === '0'
  return withoutLength && fields['frame.protocols'].endsWith(':udp')
}

/**
 * Whether tshark's Community ID is that of the header compared: of what has no ports, only where that is IPv4 and alone in its
 * frame; of ARP never; of ICMP not where it takes the message for malformed.
 */
export function hasOwnId(fields: FrameFields, said: string): boolean {
  const layers = fields['frame.protocols'].split(':')
  const at = innermost(fields, layers)
  if (layers[at] === 'arp') return false
  if (/ icmp \d+ \d+/.test(said)) return fields['_ws.malformed'] === ''
  if (/ (tcp|udp|sctp) \d+ \d+/.test(said)) return !layers.some((layer) => UNOPENED.has(layer))
  return layers.filter(isNetwork).length === 1 && layers[at] === 'ip'
}

const of = (list: string, nth: number): string => list.split(',')[nth] ?? ''
const first = (list: string): string => of(list, 0)
const lengthOf = (ours: string): string => /length (\d+)/.exec(ours)?.[1] ?? ''
