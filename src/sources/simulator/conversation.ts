import { createFlowRecord, PROTOCOL } from '../../net/flow-record.ts'
import { serviceOf } from '../../net/services.ts'
import type { ConnState, Direction, EndReason, FlowNames, FlowRecord } from '../../types/flow.ts'

/** TCP flag bits (RFC 9293, 3.1). */
export const FIN = 1
export const SYN = 2
export const RST = 4
export const PSH = 8
export const ACK = 16
export const URG = 32
export const ECE = 64
export const CWR = 128

/** One end of a conversation; `address` is an IPv4 word, `mac` a 48-bit integer. */
export interface End {
  readonly address: number
  /** Four words, where the conversation is over IPv6. */
  readonly ipv6?: IPv6
  readonly mac: number
  readonly ttl: number
}

/** An IPv6 address as four big-endian words. */
export type IPv6 = readonly [number, number, number, number]

/** What is known of a conversation before its first packet. */
export interface Opening {
  protocol: number
  source: End
  destination: End
  /** ICMP: type and code. */
  srcPort: number
  dstPort: number
  names?: FlowNames
  /** IPv4 and transport header of a SYN and of every other packet, bytes. */
  synHeader?: number
  header?: number
  /** Slice number and age of a connection that began earlier: seconds between its first packet and this record's. */
  slice?: number
  age?: number
}

/** Header bytes by protocol over IPv4; an ARP packet is all payload of its frame. */
const HEADER: Readonly<Record<number, number>> = {
  [PROTOCOL.tcp]: 52,
  [PROTOCOL.udp]: 28,
  [PROTOCOL.icmp]: 28,
  [PROTOCOL.icmp6]: 28,
}
const ARP_LENGTH = 28
const SEGMENT = 1448
/** An IPv6 header is so much longer than one of IPv4. */
const LONGER = 20

/**
 * Writes one conversation packet by packet into a flow record, as a meter would have: so that sums, extremes, flags and
 * state agree with each other by construction. The record is reused.
 */
export class Conversation {
  readonly record: FlowRecord = createFlowRecord()
  /** Seconds since the first packet. */
  elapsed = 0
  #synHeader = 60
  #header = 0
  #longer = 0
  #lastForward = 0
  #lastReverse = 0
  #midway = false

  /** Payload of a full TCP segment on Ethernet with timestamps. */
  get segment(): number {
    return SEGMENT - this.#longer
  }

  /** Starts over; `time` is that of the first packet. */
  open(opening: Opening, time = 0): void {
    const { record } = this
    const { source, destination, protocol, srcPort, dstPort } = opening
    record.protocol = protocol
    record.srcPort = srcPort
    record.dstPort = dstPort
    // Without a SYN a meter cannot be sure who began: a well-known port on either side will do.
    const other = protocol === PROTOCOL.tcp ? '' : serviceOf(protocol, srcPort)
    record.service = serviceOf(protocol, dstPort) || other
    record.srcMac = source.mac
    record.dstMac = destination.mac
    record.ttl = protocol === PROTOCOL.arp ? 0 : source.ttl
    record.names = opening.names ?? null
    record.slice = opening.slice ?? 0
    record.first = time
    record.opened = time - (opening.age ?? 0)
    writeAddress(record.address, 0, source)
    writeAddress(record.address, 4, destination)
    clear(record.forward)
    clear(record.reverse)
    this.elapsed = 0
    this.#midway = record.slice > 0
    this.#longer = source.ipv6 === undefined ? 0 : LONGER
    this.#synHeader = opening.synHeader ?? 60
    this.#header = opening.header ?? HEADER[protocol] ?? ARP_LENGTH
  }

  /** Nobody says anything for a while. */
  wait(seconds: number): void {
    this.elapsed += seconds
  }

  /** A packet of the originator, `gap` seconds after the previous packet of either side. */
  forward(gap: number, payload: number, flags = 0): void {
    this.elapsed += gap
    const { forward } = this.record
    if (forward.packets > 0) addGap(forward, this.elapsed - this.#lastForward)
    this.#lastForward = this.elapsed
    addPacket(forward, payload, this.#length(payload, flags), flags)
  }

  /** A packet of the responder. */
  reverse(gap: number, payload: number, flags = 0): void {
    this.elapsed += gap
    const { reverse } = this.record
    if (reverse.packets > 0) addGap(reverse, this.elapsed - this.#lastReverse)
    this.#lastReverse = this.elapsed
    addPacket(reverse, payload, this.#length(payload, flags), flags)
  }

  /** Completes the record. Its end reason follows from how TCP ended, unless `reason` says otherwise. */
  finish(reason?: EndReason): FlowRecord {
    const { record } = this
    record.last = record.first + this.elapsed
    complete(record.forward)
    complete(record.reverse)
    record.connState = this.#connState()
    record.endReason = reason ?? (ENDED.has(record.connState) ? 'end' : 'idle')
    return record
  }

  /** The same, with its last packet at `time`. */
  finishAt(time: number, reason?: EndReason): FlowRecord {
    const age = this.record.first - this.record.opened
    const record = this.finish(reason)
    record.first = time - this.elapsed
    record.opened = record.first - age
    record.last = time
    return record
  }

  #length(payload: number, flags: number): number {
    const header = (flags & SYN) !== 0 ? this.#synHeader : (flags & RST) !== 0 ? 40 : this.#header
    return payload + header + this.#longer
  }

  #connState(): ConnState {
    const { protocol, forward, reverse } = this.record
    if (protocol !== PROTOCOL.tcp) return reverse.packets > 0 ? 'SF' : 'S0'
    return tcpState(forward, reverse, this.#midway)
  }
}

const ENDED: ReadonlySet<ConnState> = new Set(['SF', 'REJ', 'RSTO', 'RSTR', 'RSTOS0', 'RSTRH'])

/** Zeek's conn_state from what either side sent; `midway` for a slice of a connection known to be established. */
function tcpState(forward: Direction, reverse: Direction, midway: boolean): ConnState {
  const opened = forward.syn > 0 || midway
  const answered = reverse.syn > 0 || midway
  if (reverse.rst > 0 || forward.rst > 0) return resetState(forward, reverse, opened, answered)
  if (forward.fin > 0 || reverse.fin > 0) return closedState(forward, reverse, opened, answered)
  if (opened && answered) return 'S1'
  return opened && reverse.packets === 0 ? 'S0' : 'OTH'
}

function resetState(forward: Direction, reverse: Direction, opened: boolean, answered: boolean): ConnState {
  if (reverse.rst === 0) return answered ? 'RSTO' : 'RSTOS0'
  if (opened && !answered) return 'REJ'
  return opened || forward.fin > 0 ? 'RSTR' : 'RSTRH'
}

function closedState(forward: Direction, reverse: Direction, opened: boolean, answered: boolean): ConnState {
  if (reverse.fin === 0) return answered ? 'S2' : 'SH'
  if (forward.fin === 0) return opened ? 'S3' : 'SHR'
  return 'SF'
}

function writeAddress(words: Int32Array, offset: number, { address, ipv6 }: Pick<End, 'address' | 'ipv6'>): void {
  for (let i = 0; i < 4; i++) words[offset + i] = ipv6 === undefined ? (MAPPED[i] ?? address) : ipv6[i]!
}

/** What comes before an IPv4 word (RFC 4291, 2.5.5.2). */
const MAPPED = [0, 0, 0xffff]

function clear(direction: Direction): void {
  for (const name of Object.keys(direction) as (keyof Direction)[]) direction[name] = 0
}

/** Welford's update: until `complete`, the deviations hold sums of squared differences. */
function addPacket(direction: Direction, payload: number, length: number, flags: number): void {
  direction.packets++
  direction.bytes += length
  direction.payload += payload
  const difference = length - direction.lengthMean
  direction.lengthMean += difference / direction.packets
  direction.lengthDeviation += difference * (length - direction.lengthMean)
  if (direction.packets === 1 || length < direction.lengthMin) direction.lengthMin = length
  if (length > direction.lengthMax) direction.lengthMax = length
  direction.fin += flags & 1
  direction.syn += (flags >> 1) & 1
  direction.rst += (flags >> 2) & 1
  direction.psh += (flags >> 3) & 1
  direction.ack += (flags >> 4) & 1
  direction.urg += (flags >> 5) & 1
  direction.ece += (flags >> 6) & 1
  direction.cwr += (flags >> 7) & 1
}

function addGap(direction: Direction, gap: number): void {
  const count = direction.packets
  const difference = gap - direction.gapMean
  direction.gapMean += difference / count
  direction.gapDeviation += difference * (gap - direction.gapMean)
  if (count === 1 || gap < direction.gapMin) direction.gapMin = gap
  if (gap > direction.gapMax) direction.gapMax = gap
}

function complete(direction: Direction): void {
  if (direction.packets === 0) return
  direction.lengthMean = direction.bytes / direction.packets
  direction.lengthDeviation = Math.sqrt(direction.lengthDeviation / direction.packets)
  if (direction.packets < 2) return
  const gaps = direction.packets - 1
  direction.gapMean = Math.min(direction.gapMax, Math.max(direction.gapMin, direction.gapMean))
  direction.gapDeviation = Math.sqrt(direction.gapDeviation / gaps)
}
