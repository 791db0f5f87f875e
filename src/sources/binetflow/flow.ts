import { parseAddress } from '../../net/address.ts'
import { PROTOCOL } from '../../net/flow-record.ts'
import { serviceOf } from '../../net/services.ts'
import type { FlowRecord } from '../../types/flow.ts'
import { endReasonOf, fillDirection, fillFlags } from '../flow-log/direction.ts'
import type { LineResult } from '../flow-log/format.ts'
import { countOf, macOf, portOf, protocolOf, secondsOf, timeOf, truthOf } from '../flow-log/values.ts'
import { COLUMNS, type Column } from './columns.ts'
import { connStateNamed, connStateOf, sidesOf } from './state.ts'
import { forwardPackets, headersOf, volumeOf } from './volume.ts'

const AT = Object.fromEntries(COLUMNS.map((name, i) => [name, i])) as Readonly<Record<Column, number>>

type Cell = (name: Column) => string

const ARP_REQUEST = 1

/** Fills `record` from the cells of one flow, in the order of `COLUMNS`. */
export function fillFlow(cells: readonly string[], record: FlowRecord): LineResult {
  const cell: Cell = (name) => cells[AT[name]]!
  if (cell('Proto') === 'man') return 'management-record'
  record.protocol = protocolOf(cell('Proto'))
  if (record.protocol < 0) return 'unknown-protocol'
  record.first = record.opened = timeOf(cell('StartTime'))
  record.last = record.first + secondsOf(cell('Dur'))
  if (Number.isNaN(record.last)) return 'bad-time'
  const problem = fillEnds(cell, record) ?? fillVolume(cell, record)
  if (problem !== null) return problem
  fillState(cell('State'), isBackward(cell), record)
  record.service = serviceOf(record.protocol, record.dstPort)
  if (record.service === '' && record.connState === 'OTH') record.service = serviceOf(record.protocol, record.srcPort)
  record.ttl = Math.min(255, countOf(cell('sTtl')) || 0)
  record.vlan = countOf(cell('sVid')) % 4096 || 0
  record.label = labelOf(cell('Label'))
  return 'flow'
}

/** Argus names the ends in the order it saw them, and says by an arrow who began. */
function isBackward(cell: Cell): boolean {
  return cell('Dir').trim().startsWith('<') && !cell('Dir').includes('>')
}

function fillEnds(cell: Cell, record: FlowRecord): LineResult | null {
  const back = isBackward(cell)
  const { address } = record
  if (!parseAddress(cell('SrcAddr'), address, back ? 4 : 0)) return 'bad-address'
  if (!parseAddress(cell('DstAddr'), address, back ? 0 : 4)) return 'bad-address'
  const [source, destination] = portsOf(cell, record.protocol)
  record.srcPort = back ? destination! : source!
  record.dstPort = back ? source! : destination!
  record.srcMac = macOf(cell(back ? 'DstMac' : 'SrcMac'))
  record.dstMac = macOf(cell(back ? 'SrcMac' : 'DstMac'))
  return Number.isNaN(record.srcPort + record.dstPort) ? 'bad-number' : null
}

/** ICMP's type and code stand in the place of ports: as one hexadecimal number, code first, or as two decimal ones. */
function portsOf(cell: Cell, protocol: number): [number, number] {
  if (protocol === PROTOCOL.arp) return [ARP_REQUEST, 0]
  const source = portOf(cell('Sport'))
  if (protocol === PROTOCOL.icmp && cell('Sport').startsWith('0x')) return [source & 0xff, source >>> 8]
  if (protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmp6) return [source % 256, portOf(cell('Dport')) % 256]
  return [source, portOf(cell('Dport'))]
}

function fillVolume(cell: Cell, record: FlowRecord): LineResult | null {
  const packets = countOf(cell('TotPkts'))
  const bytes = countOf(cell('TotBytes'))
  const sourceBytes = Math.min(bytes, countOf(cell('SrcBytes')))
  const known = cell('SrcPkts') === '' ? Number.NaN : countOf(cell('SrcPkts'))
  if (Number.isNaN(packets + bytes + sourceBytes)) return 'bad-number'
  if (packets === 0) return 'no-packets'
  const headers = headersOf(record.protocol, record.address)
  const sent = forwardPackets({ packets, bytes, forwardPackets: known, forwardBytes: sourceBytes }, headers)
  const sides = record.protocol === PROTOCOL.tcp ? sidesOf(cell('State')) : null
  const source = volumeOf(sent, sourceBytes, headers, sides === null || sides.source.includes('P'))
  const destination = volumeOf(
    packets - sent,
    bytes - sourceBytes,
    headers,
    sides === null || sides.destination.includes('P'),
  )
  if (cell('SAppBytes') !== '') source.payload = countOf(cell('SAppBytes')) || 0
  if (cell('DAppBytes') !== '') destination.payload = countOf(cell('DAppBytes')) || 0
  const back = isBackward(cell)
  fillDirection(record.forward, back ? destination : source)
  fillDirection(record.reverse, back ? source : destination)
  return null
}

function fillState(state: string, back: boolean, record: FlowRecord): void {
  const { protocol, forward, reverse } = record
  const sides = sidesOf(state)
  if (protocol !== PROTOCOL.tcp) record.connState = forward.packets > 0 && reverse.packets > 0 ? 'SF' : 'S0'
  else if (sides === null) record.connState = connStateNamed(state)
  else {
    const [from, to] = back ? [sides.destination, sides.source] : [sides.source, sides.destination]
    record.connState = connStateOf(from, to)
    fillFlags(forward, seenFlags(from))
    fillFlags(reverse, seenFlags(to))
  }
  record.endReason = endReasonOf(record)
}

function seenFlags(side: string) {
  const has = (flag: string): boolean => side.includes(flag)
  return { syn: has('S'), fin: has('F'), rst: has('R'), ack: has('A') }
}

const MALICIOUS = ['botnet', 'malware', 'malicious', 'attack']

/** `flow=From-Botnet-...`: what is neither called a botnet nor anything like it is background or normal. */
function labelOf(label: string): string {
  const text = label.startsWith('flow=') ? label.slice(5) : label
  const lower = text.toLowerCase()
  return MALICIOUS.some((word) => lower.includes(word)) ? truthOf(text, '') : ''
}
