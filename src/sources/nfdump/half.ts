import { parseAddress } from '../../net/address.ts'
import { PROTOCOL } from '../../net/flow-record.ts'
import { serviceOf } from '../../net/services.ts'
import type { FlowRecord } from '../../types/flow.ts'
import { headersOf } from '../binetflow/volume.ts'
import { fillState } from '../eve/flow.ts'
import { fillDirection } from '../flow-log/direction.ts'
import type { LineResult } from '../flow-log/format.ts'
import { countOf, macOf, portOf, protocolOf, secondsOf, timeOf } from '../flow-log/values.ts'
import type { Fields } from './fields.ts'

/** Fills `record` with what one line tells: one direction, or both where the exporter told them together. */
export function fillHalf(fields: Fields, record: FlowRecord): LineResult {
  record.protocol = protocolOf(fields.protocol)
  if (record.protocol < 0) return 'unknown-protocol'
  record.first = record.opened = timeOf(fields.first)
  record.last =
    fields.last === '' ? record.first + secondsOf(fields.duration) : Math.max(record.first, timeOf(fields.last))
  if (Number.isNaN(record.last)) return 'bad-time'
  const { address } = record
  if (!parseAddress(fields.source, address) || !parseAddress(fields.destination, address, 4)) return 'bad-address'
  const ports = portsOf(fields, record.protocol)
  record.srcPort = ports[0]
  record.dstPort = ports[1]
  record.srcMac = macOf(fields.srcMac)
  record.dstMac = macOf(fields.dstMac)
  record.vlan = countOf(fields.vlan) % 4096 || 0
  const problem = fillSides(fields, record)
  if (problem !== null) return problem
  record.service = serviceOf(record.protocol, record.dstPort)
  return fillState(record, lettersOf(fields.flags), record.reverse.packets > 0 ? lettersOf(fields.flags) : '')
}

function fillSides(fields: Fields, record: FlowRecord): LineResult | null {
  const headers = headersOf(record.protocol, record.address)
  const carries = record.protocol !== PROTOCOL.tcp || fields.flags === '' || fields.flags.includes('P')
  const sides = [
    [record.forward, fields.packets, fields.bytes],
    [record.reverse, fields.outPackets, fields.outBytes],
  ] as const
  for (const [direction, told, size] of sides) {
    const packets = countOf(told)
    const bytes = countOf(size)
    if (Number.isNaN(packets + bytes + record.srcPort + record.dstPort)) return 'bad-number'
    fillDirection(direction, { packets, bytes, payload: carries ? Math.max(0, bytes - packets * headers) : 0 })
  }
  return null
}

/** Of ICMP, CSV has type and code in the place of the destination port: `8.0`, or 256 times the type and the code. */
function portsOf({ srcPort, dstPort, icmpType, icmpCode }: Fields, protocol: number): [number, number] {
  if (protocol !== PROTOCOL.icmp && protocol !== PROTOCOL.icmp6) return [portOf(srcPort), portOf(dstPort)]
  if (icmpType !== '') return [countOf(icmpType) % 256, countOf(icmpCode) % 256]
  const [type, code] = dstPort.split('.')
  if (code !== undefined) return [countOf(type!) % 256, countOf(code) % 256]
  const both = portOf(dstPort)
  return [both >>> 8, both & 255]
}

/** The flags of `...AP.SF` as letters. */
export function lettersOf(flags: string): string {
  return [...'FSRPA'].filter((letter) => flags.includes(letter)).join('')
}

/** Adds the other direction of the same flow; the one that began first was the originator's. */
export function joinHalves(one: FlowRecord, flags: string, other: FlowRecord, otherFlags: string): void {
  Object.assign(one.reverse, other.forward)
  one.last = Math.max(one.last, other.last)
  one.first = one.opened = Math.min(one.first, other.first)
  fillState(one, lettersOf(flags), lettersOf(otherFlags))
}

/** True when `one` was rather asked by `other`: it began later, or, where that is not known, speaks from the lower port. */
export function isAnswer(one: FlowRecord, other: FlowRecord): boolean {
  return one.first !== other.first ? one.first > other.first : one.srcPort < one.dstPort
}
