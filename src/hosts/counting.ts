import { scramble, scrambleText } from '../math/scramble.ts'
import { PROTOCOL } from '../net/flow-record.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { Ends } from './ends.ts'
import * as W from './host-windows.ts'
import type { Identities } from './identities.ts'
import * as O from './outcome.ts'
import type { Pairs } from './pairs.ts'
import type { Population } from './population.ts'

const NXDOMAIN = 3

/** Counts flows in the sliding windows of their two ends. */
export class Counting {
  /** Additions that came too late for every window. */
  late = 0
  private readonly windows: W.HostWindows
  private readonly identities: Identities
  private readonly pairs: Pairs
  private readonly seed: number

  constructor(population: Population, pairs: Pairs, seed: number) {
    this.windows = population.windows
    this.identities = population.identities
    this.pairs = pairs
    this.seed = seed | 0
  }

  /** Packets and bytes both ways: every slice has its own. */
  carry(flow: FlowRecord, ends: Ends, time: number): void {
    const { forward, reverse } = flow
    this.carryEnd(ends.source, time, forward.packets, reverse.packets, forward.bytes, reverse.bytes)
    if (ends.destination >= 0) {
      this.carryEnd(ends.destination, time, reverse.packets, forward.packets, reverse.bytes, forward.bytes)
    }
  }

  /** An ARP request, or an announcement. */
  countArp(ends: Ends, time: number): void {
    this.seen(ends.source, W.ARP_TARGETS, ends.destinationKey[0]!, time)
  }

  /** A connection as its originator made it; `outcome` as of `outcomeOf`. */
  countSource(ends: Ends, time: number, outcome: number): void {
    const { minute, hour } = this.windows
    const row = ends.source
    const newest = this.newest(row)
    const failed = has(outcome, O.FAILED)
    const inMinute = minute.open(row, time, newest)
    const inHour = hour.open(row, time, newest)
    if (!inMinute) this.late++
    else {
      minute.count(W.FLOWS, 1)
      minute.count(W.FAILED, failed)
      minute.count(W.HALF_OPEN, has(outcome, O.HALF_OPEN))
      minute.count(W.TINY, has(outcome, O.TINY))
    }
    if (inHour) {
      hour.count(W.HOUR_FLOWS, 1)
      hour.count(W.HOUR_FAILED, failed)
    }
  }

  /** The same connection as its responder saw it, and what it adds to the source's reach. */
  countDestination(flow: FlowRecord, ends: Ends, time: number, outcome: number): void {
    const { minute } = this.windows
    const { source, destination } = ends
    if (minute.open(destination, time, this.newest(destination))) {
      minute.count(W.IN_FLOWS, 1)
      minute.count(W.IN_FAILED, has(outcome, O.FAILED))
      minute.count(W.IN_HALF_OPEN, has(outcome, O.HALF_OPEN))
    }
    const port = this.portHash(flow)
    this.seen(source, W.DESTINATIONS, ends.destinationKey[0]!, time)
    this.seen(destination, W.SOURCES, ends.sourceKey[0]!, time)
    if (port !== 0) {
      this.seen(source, W.PORTS, port, time)
      this.seen(destination, W.ASKED_PORTS, port, time)
    }
    if (outcome & O.FAILED) this.seen(source, W.FAILED_TARGETS, scramble(ends.destinationKey[0]!, port), time)
  }

  /** DNS questions and what came of them: every slice has its own. */
  countNames(flow: FlowRecord, ends: Ends, time: number): void {
    const { names, service } = flow
    if (names === null && service !== 'dns') return
    const { minute, hour } = this.windows
    const row = ends.source
    const newest = this.newest(row)
    const missing = names?.dnsNxdomain ?? (names?.dnsRcode === NXDOMAIN ? 1 : 0)
    if (minute.open(row, time, newest)) {
      if (service === 'dns') minute.count(W.QUERIES, names?.dnsQueries ?? questionsOf(flow))
      minute.count(W.NXDOMAIN, missing)
    }
    if (missing > 0 && hour.open(row, time, newest)) hour.count(W.HOUR_NXDOMAIN, missing)
    if (names?.dnsHashes !== undefined) {
      for (let i = 0; i < names.dnsHashes.length; i++) this.seenName(row, names.dnsHashes[i]!, time)
    } else if (names?.dnsQuery !== undefined) this.seenName(row, scrambleText(names.dnsQuery, 0), time)
  }

  /** The connection among those of its pair. */
  countPair(flow: FlowRecord, pair: number, time: number, outcome: number): void {
    this.pairs.count(pair, time, has(outcome, O.FAILED), this.portHash(flow))
  }

  private carryEnd(row: number, time: number, sent: number, got: number, bytesSent: number, bytesGot: number): void {
    const { minute, hour } = this.windows
    const newest = this.newest(row)
    if (minute.open(row, time, newest)) {
      minute.add(W.PACKETS_OUT, sent)
      minute.add(W.PACKETS_IN, got)
      minute.add(W.BYTES_OUT, bytesSent)
      minute.add(W.BYTES_IN, bytesGot)
    }
    if (hour.open(row, time, newest)) hour.add(W.BYTES_OUT, bytesSent)
  }

  /** By the hash of the name. */
  private seenName(row: number, hash: number, time: number): void {
    this.seen(row, W.NAMES, scramble(hash, this.seed), time)
  }

  private newest(row: number): number {
    return this.identities.lastSeen(row)
  }

  private seen(row: number, kind: number, hash: number, time: number): void {
    this.windows.distinct.add(row, kind, hash, (time / W.MINUTE_BUCKET) | 0)
  }

  /** Never 0, which stands for a protocol without ports. */
  private portHash({ protocol, dstPort }: FlowRecord): number {
    if (protocol !== PROTOCOL.tcp && protocol !== PROTOCOL.udp) return 0
    return scramble((protocol << 16) | dstPort, this.seed) || 1
  }
}

/** Where nobody read the messages: a datagram is one, a connection has at least one. */
function questionsOf({ protocol, slice, forward }: FlowRecord): number {
  if (protocol === PROTOCOL.udp) return forward.packets
  return slice === 0 ? 1 : 0
}

function has(outcome: number, bit: number): number {
  return (outcome & bit) === 0 ? 0 : 1
}
