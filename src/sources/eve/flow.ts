import { parseAddress } from '../../net/address.ts'
import { PROTOCOL } from '../../net/flow-record.ts'
import { serviceOf } from '../../net/services.ts'
import type { FlowRecord } from '../../types/flow.ts'
import { connStateOf } from '../binetflow/state.ts'
import { headersOf, volumeOf } from '../binetflow/volume.ts'
import { endReasonOf, fillDirection, fillFlags } from '../flow-log/direction.ts'
import type { LineResult } from '../flow-log/format.ts'
import { listAt, type Row, rowAt, textAt } from '../flow-log/json.ts'
import { cleaned } from '../flow-log/text.ts'
import { countOf, macOf, portOf, protocolOf, timeOf } from '../flow-log/values.ts'

const FLAGS: readonly (readonly [letter: string, bit: number])[] = [
  ['F', 1],
  ['S', 2],
  ['R', 4],
  ['P', 8],
  ['A', 16],
]

/** Suricata's names of applications that are called differently here. */
const SERVICES: ReadonlyMap<string, string> = new Map([
  ['tls', 'https'],
  ['quic', 'https'],
  ['http2', 'http'],
  ['krb5', 'kerberos'],
  ['dcerpc', 'msrpc'],
  ['rfb', 'vnc'],
  ['ikev2', 'isakmp'],
  ['ike', 'isakmp'],
  ['ftp-data', 'ftp-data'],
])

/** Ends, protocol and service of an event. `isBackward`: it names the responder first. */
export function fillEnds(row: Row, isBackward: boolean, record: FlowRecord): LineResult | null {
  const [from, to] = isBackward ? ['dest', 'src'] : ['src', 'dest']
  const { address } = record
  if (!parseAddress(textAt(row, `${from}_ip`), address, 0)) return 'bad-address'
  if (!parseAddress(textAt(row, `${to}_ip`), address, 4)) return 'bad-address'
  record.protocol = protocolOf(textAt(row, 'proto'))
  if (record.protocol < 0) return 'unknown-protocol'
  const isIcmp = record.protocol === PROTOCOL.icmp || record.protocol === PROTOCOL.icmp6
  record.srcPort = portOf(textAt(row, isIcmp ? 'icmp_type' : `${from}_port`))
  record.dstPort = portOf(textAt(row, isIcmp ? 'icmp_code' : `${to}_port`))
  if (Number.isNaN(record.srcPort + record.dstPort)) return 'bad-number'
  record.service = serviceNamed(textAt(row, 'app_proto'), record)
  const [vlan] = listAt(row, 'vlan')
  record.vlan = typeof vlan === 'number' ? countOf(String(vlan)) % 4096 || 0 : 0
  const ether = rowAt(row, 'ether')
  record.srcMac = macOf(textAt(ether, isBackward ? 'dest_mac' : 'src_mac'))
  record.dstMac = macOf(textAt(ether, isBackward ? 'src_mac' : 'dest_mac'))
  record.slice = record.ttl = 0
  record.names = record.alerts = null
  record.label = ''
  return null
}

/** When it began and ended: `end` is absent while it goes on, and then the event's own time stands for it. */
export function fillTimes(times: Row, now: string, record: FlowRecord): LineResult | null {
  record.first = record.opened = timeOf(textAt(times, 'start') || now)
  record.last = Math.max(record.first, timeOf(textAt(times, 'end') || now))
  return Number.isNaN(record.last) ? 'bad-time' : null
}

/** What one side sent; Suricata counts the Ethernet header. Null when a number is none. */
export function fillSide(record: FlowRecord, side: 'forward' | 'reverse', told: SideTold): LineResult | null {
  const packets = countOf(told.packets)
  const bytes = countOf(told.bytes)
  if (Number.isNaN(packets + bytes)) return 'bad-number'
  const hasPayload = record.protocol !== PROTOCOL.tcp || told.flags === '' || told.flags.includes('P')
  fillDirection(record[side], volumeOf(packets, bytes, headersOf(record.protocol, record.address), hasPayload))
  return null
}

/** Counts as written; flags as letters of those that were seen, `''` when nothing tells. */
export interface SideTold {
  packets: string
  bytes: string
  flags: string
}

/** How it went, from the flags each side sent. */
export function fillState(record: FlowRecord, sent: string, got: string): LineResult {
  const { forward, reverse, protocol } = record
  if (forward.packets + reverse.packets === 0) return 'no-packets'
  if (protocol !== PROTOCOL.tcp) record.connState = forward.packets > 0 && reverse.packets > 0 ? 'SF' : 'S0'
  else {
    record.connState = connStateOf(sent, got)
    fillFlags(forward, seen(sent))
    fillFlags(reverse, seen(got))
  }
  record.endReason = endReasonOf(record)
  return 'flow'
}

/** `1b` as `FSPA`. */
export function flagLetters(hex: string): string {
  const bits = /^[0-9a-f]{1,2}$/i.test(hex) ? Number.parseInt(hex, 16) : 0
  return FLAGS.filter(([, bit]) => (bits & bit) !== 0)
    .map(([letter]) => letter)
    .join('')
}

function seen(letters: string) {
  const has = (flag: string): boolean => letters.includes(flag)
  return { syn: has('S'), fin: has('F'), rst: has('R'), ack: has('A') }
}

function serviceNamed(found: string, { protocol, dstPort }: FlowRecord): string {
  const byPort = serviceOf(protocol, dstPort)
  const name = found.toLowerCase()
  if (name === '' || (name === 'dns' && byPort !== '')) return byPort
  if (name === 'failed') return ''
  return SERVICES.get(name) ?? cleaned(name).slice(0, 32)
}
