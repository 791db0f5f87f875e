import type { HalfFlow } from '../collect/half-flow.ts'
import { SLOT } from './elements.ts'
import type { MessageTime } from './held.ts'
import type { RecordValues, Template } from './template.ts'

/** Why a record makes no flow. */
export type RecordFault = 'no-addresses' | 'no-packets' | 'bad-number' | 'bad-time'

/** Counts beyond this are damage. */
const COUNT_MAX = 2 ** 50
/** Seconds a flow can lie from the moment it was exported. */
const AGE_MAX = 86_400
/** Layer-2 bytes that are not IP's, when only those are counted: Ethernet without a tag. */
const LINK_HEADER = 14
/** Packets are no larger, when only bytes are counted. */
const PACKET_BYTES = 1500

const ICMP = 1
const ICMP6 = 58
const MAC_SPACE = 2 ** 48

/** Where in time a record's clocks stand. */
export interface RecordClock extends MessageTime {
  /** Seconds to be added to the exporter's clock. */
  shift: number
  /** When the exporter was started, epoch seconds on its clock, where its options told. */
  booted: number
}

/** Fills `half`, save for its rate, from a record of `template`; says why where it is no flow. */
export function fillHalf(
  template: Template,
  values: RecordValues,
  clock: RecordClock,
  half: HalfFlow,
): RecordFault | null {
  const { numbers, address } = values
  if (!template.hasAddresses) return 'no-addresses'
  half.clear()
  half.address.set(address)
  half.protocol = numbers[SLOT.protocolIdentifier]! & 0xff
  fillPorts(template.has, numbers, half)
  fillLink(numbers, half)
  if (!fillTimes(numbers, clock, half)) return 'bad-time'
  return fillCounts(template, numbers, half)
}

function fillPorts(has: Uint8Array, numbers: Float64Array, half: HalfFlow): void {
  half.srcPort = (numbers[SLOT.sourceTransportPort]! || numbers[SLOT.ownSourcePort]!) & 0xffff
  half.dstPort = (numbers[SLOT.destinationTransportPort]! || numbers[SLOT.ownDestinationPort]!) & 0xffff
  if (half.protocol !== ICMP && half.protocol !== ICMP6) return
  if (has[SLOT.icmpType] === 1) {
    half.srcPort = numbers[SLOT.icmpType]! & 0xff
    half.dstPort = numbers[SLOT.icmpCode]! & 0xff
    return
  }
  // NetFlow has had type and code in the place of the destination port since version 5.
  const both = has[SLOT.icmpTypeCode] === 1 ? numbers[SLOT.icmpTypeCode]! : half.dstPort
  half.srcPort = (both >>> 8) & 0xff
  half.dstPort = both & 0xff
}

function fillLink(numbers: Float64Array, half: HalfFlow): void {
  half.srcMac = (numbers[SLOT.sourceMacAddress]! || numbers[SLOT.postSourceMacAddress]!) % MAC_SPACE
  half.dstMac = (numbers[SLOT.destinationMacAddress]! || numbers[SLOT.postDestinationMacAddress]!) % MAC_SPACE
  half.vlan = (numbers[SLOT.dot1qVlanId]! || numbers[SLOT.vlanId]!) & 0xfff
  half.ttl = (numbers[SLOT.minimumTtl]! || numbers[SLOT.ipTtl]!) & 0xff
  half.lengthMin = numbers[SLOT.minimumIpTotalLength]!
  half.lengthMax = numbers[SLOT.maximumIpTotalLength]!
  half.endReason = numbers[SLOT.flowEndReason]! & 0xff
  half.flags = flagsOf(numbers, SLOT.tcpControlBits, SLOT.initialTcpFlags, SLOT.unionTcpFlags)
  half.reverseFlags = flagsOf(
    numbers,
    SLOT.reverseTcpControlBits,
    SLOT.reverseInitialTcpFlags,
    SLOT.reverseUnionTcpFlags,
  )
}

function flagsOf(numbers: Float64Array, all: number, initial: number, union: number): number {
  return (numbers[all]! | numbers[initial]! | numbers[union]!) & 0xff
}

/** Times are told in many units; on the exporter's clock, which may be far off. */
function fillTimes(numbers: Float64Array, clock: RecordClock, half: HalfFlow): boolean {
  const observed = observedIn(numbers)
  const end = endOf(numbers, clock)
  const start = startOf(numbers, clock)
  const duration = numbers[SLOT.flowDurationMilliseconds]! / 1e3 || numbers[SLOT.flowDurationMicroseconds]! / 1e6
  let last = end || (start !== 0 && duration > 0 ? start + duration : 0) || observed || start || clock.exported
  const isFar = Math.abs(last - clock.exported) > AGE_MAX
  if (isFar) last = clock.exported
  let first = isFar ? last : start || last - duration
  if (!(first <= last && last - first <= AGE_MAX)) first = last
  half.first = first + clock.shift
  half.last = last + clock.shift
  return half.first >= 0 && half.last <= COUNT_MAX
}

function observedIn(numbers: Float64Array): number {
  return (
    numbers[SLOT.observationTimeNtp]! ||
    numbers[SLOT.observationTimeMilliseconds]! / 1e3 ||
    numbers[SLOT.observationTimeSeconds]!
  )
}

function startOf(numbers: Float64Array, clock: RecordClock): number {
  return (
    numbers[SLOT.flowStartNtp]! ||
    numbers[SLOT.flowStartMilliseconds]! / 1e3 ||
    numbers[SLOT.flowStartSeconds]! ||
    sinceBoot(numbers[SLOT.flowStartSysUpTime]!, numbers, clock) ||
    beforeExport(numbers[SLOT.flowStartDeltaMicroseconds]!, clock)
  )
}

function endOf(numbers: Float64Array, clock: RecordClock): number {
  return (
    numbers[SLOT.flowEndNtp]! ||
    numbers[SLOT.flowEndMilliseconds]! / 1e3 ||
    numbers[SLOT.flowEndSeconds]! ||
    sinceBoot(numbers[SLOT.flowEndSysUpTime]!, numbers, clock) ||
    beforeExport(numbers[SLOT.flowEndDeltaMicroseconds]!, clock)
  )
}

/** The instant of an uptime, which starts anew every 49.7 days; 0 where it is not told. */
function sinceBoot(uptime: number, numbers: Float64Array, { exported, uptime: now, booted }: RecordClock): number {
  if (uptime === 0) return 0
  if (now >= 0) return exported - ((now - uptime) | 0) / 1e3
  const boot = numbers[SLOT.systemInitTimeMilliseconds]! / 1e3 || booted
  if (boot !== 0) return boot + uptime / 1e3
  // Nothing tells when the exporter began: the flow is taken to have ended when it was exported.
  return exported - ((numbers[SLOT.flowEndSysUpTime]! - uptime) | 0) / 1e3
}

function beforeExport(microseconds: number, { exported }: RecordClock): number {
  return microseconds === 0 ? 0 : exported - microseconds / 1e6
}

function fillCounts(template: Template, numbers: Float64Array, half: HalfFlow): RecordFault | null {
  // What left the device is counted apart; it matters where nothing else was counted.
  half.packets =
    numbers[SLOT.packetDeltaCount]! ||
    numbers[SLOT.packetTotalCount]! ||
    numbers[SLOT.initiatorPackets]! ||
    numbers[SLOT.postPacketDeltaCount]!
  half.bytes =
    numbers[SLOT.octetDeltaCount]! ||
    numbers[SLOT.octetTotalCount]! ||
    numbers[SLOT.initiatorOctets]! ||
    numbers[SLOT.postOctetDeltaCount]!
  half.reversePackets =
    numbers[SLOT.reversePacketDeltaCount]! || numbers[SLOT.reversePacketTotalCount]! || numbers[SLOT.responderPackets]!
  half.reverseBytes =
    numbers[SLOT.reverseOctetDeltaCount]! || numbers[SLOT.reverseOctetTotalCount]! || numbers[SLOT.responderOctets]!
  half.biflow = isBiflow(template.has)
  fillLayer2(numbers, half)
  half.packets = estimated(half.packets, half.bytes)
  half.reversePackets = estimated(half.reversePackets, half.reverseBytes)
  if (half.biflow && numbers[SLOT.biflowDirection] === REVERSE_INITIATOR) turn(half)
  if (!(half.bytes <= COUNT_MAX && half.packets <= COUNT_MAX)) return 'bad-number'
  if (!(half.reverseBytes <= COUNT_MAX && half.reversePackets <= COUNT_MAX)) return 'bad-number'
  return half.packets + half.reversePackets === 0 ? 'no-packets' : null
}

const REVERSE_INITIATOR = 2

function isBiflow(has: Uint8Array): boolean {
  return (
    (has[SLOT.reverseOctetDeltaCount]! |
      has[SLOT.reverseOctetTotalCount]! |
      has[SLOT.reversePacketDeltaCount]! |
      has[SLOT.reversePacketTotalCount]! |
      has[SLOT.responderOctets]! |
      has[SLOT.responderPackets]!) !==
    0
  )
}

function fillLayer2(numbers: Float64Array, half: HalfFlow): void {
  const bytes = numbers[SLOT.layer2OctetDeltaCount]!
  if (half.bytes === 0 && bytes > 0) half.bytes = Math.max(0, bytes - LINK_HEADER * half.packets)
}

/** Some firewalls count bytes only: then there are as many packets as it takes at least. */
function estimated(packets: number, bytes: number): number {
  return packets === 0 && bytes > 0 ? Math.ceil(bytes / PACKET_BYTES) : packets
}

/** Makes the destination the source. */
function turn(half: HalfFlow): void {
  const { address } = half
  for (let i = 0; i < 4; i++) {
    const word = address[i]!
    address[i] = address[i + 4]!
    address[i + 4] = word
  }
  const { srcPort, packets, bytes, flags, srcMac } = half
  if (half.protocol !== ICMP && half.protocol !== ICMP6) {
    half.srcPort = half.dstPort
    half.dstPort = srcPort
  }
  half.packets = half.reversePackets
  half.bytes = half.reverseBytes
  half.flags = half.reverseFlags
  half.reversePackets = packets
  half.reverseBytes = bytes
  half.reverseFlags = flags
  half.srcMac = half.dstMac
  half.dstMac = srcMac
}
