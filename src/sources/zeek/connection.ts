import { isIPv4, parseAddress } from '../../net/address.ts'
import { PROTOCOL } from '../../net/flow-record.ts'
import type { FlowRecord } from '../../types/flow.ts'
import { endReasonOf, fillDirection, fillFlags } from '../flow-log/direction.ts'
import type { LineResult } from '../flow-log/format.ts'
import { countOf, macOf, portOf, protocolOf, secondsOf, timeOf, truthOf } from '../flow-log/values.ts'
import { COLUMNS, type Column } from './columns.ts'
import { connStateOf, seenFlags } from './history.ts'
import { serviceNamed } from './service.ts'

const AT = Object.fromEntries(COLUMNS.map((name, i) => [name, i])) as Readonly<Record<Column, number>>

/** Fills `record` from the cells of one connection, in the order of `COLUMNS`, and says its identifier. */
export function fillConnection(
  cells: readonly string[],
  record: FlowRecord,
  identify: (uid: string) => void,
): LineResult {
  const cell = (name: Column): string => cells[AT[name]]!
  identify(cell('uid'))
  const { address } = record
  record.first = record.opened = timeOf(cell('ts'))
  record.last = record.first + secondsOf(cell('duration'))
  if (Number.isNaN(record.last)) return 'bad-time'
  if (!parseAddress(cell('id.orig_h'), address) || !parseAddress(cell('id.resp_h'), address, 4)) return 'bad-address'
  record.protocol = protocolNumber(cell('proto'), cell('ip_proto'), address)
  if (record.protocol < 0) return 'unknown-protocol'
  record.srcPort = portOf(cell('id.orig_p'))
  record.dstPort = portOf(cell('id.resp_p'))
  const forward = told(cell('orig_pkts'), cell('orig_ip_bytes'), cell('orig_bytes'))
  const reverse = told(cell('resp_pkts'), cell('resp_ip_bytes'), cell('resp_bytes'))
  const sum = record.srcPort + record.dstPort + forward.packets + forward.bytes + reverse.packets + reverse.bytes
  if (Number.isNaN(sum)) return 'bad-number'
  if (forward.packets + reverse.packets === 0) return 'no-packets'
  fillDirection(record.forward, forward)
  fillDirection(record.reverse, reverse)
  fillState(cell('conn_state'), cell('history'), record)
  record.service = serviceNamed(cell('service'), record.protocol, record.dstPort)
  record.srcMac = macOf(cell('orig_l2_addr'))
  record.dstMac = macOf(cell('resp_l2_addr'))
  record.vlan = countOf(cell('vlan')) % 4096 || 0
  record.label = truthOf(cell('label'), cell('detailed-label'))
  return 'flow'
}

/** Zeek calls both families' ICMP `icmp`, and what it does not know `unknown_transport`, with its number beside it. */
function protocolNumber(name: string, number: string, address: Int32Array): number {
  const protocol = protocolOf(name)
  if (protocol === PROTOCOL.icmp && !isIPv4(address)) return PROTOCOL.icmp6
  return protocol < 0 ? protocolOf(number) : protocol
}

/** A count of payload is by sequence numbers, so it may exceed what was sent where packets were lost. */
function told(packets: string, ipBytes: string, payload: string) {
  const above = countOf(payload)
  return { packets: countOf(packets), bytes: ipBytes === '' ? above : countOf(ipBytes), payload: above || 0 }
}

function fillState(state: string, history: string, record: FlowRecord): void {
  const { protocol, forward, reverse } = record
  if (protocol !== PROTOCOL.tcp) record.connState = forward.packets > 0 && reverse.packets > 0 ? 'SF' : 'S0'
  else {
    record.connState = connStateOf(state)
    fillFlags(forward, seenFlags(history, record.connState, true))
    fillFlags(reverse, seenFlags(history, record.connState, false))
  }
  record.endReason = endReasonOf(record)
}
