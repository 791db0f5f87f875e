import { scramble, scrambleText } from '../math/scramble.ts'
import { PROTOCOL } from '../net/flow-record.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { Ends } from './ends.ts'
import * as W from './host-windows.ts'
import * as O from './outcome.ts'
import type { Pairs } from './pairs.ts'
import type { Population } from './population.ts'

const NXDOMAIN = 3

/** Counts flows in the sliding windows of their two ends. */
export class Counting {
  /** Additions that came too late for every window. */
  late = 0
  private readonly windows: W.HostWindows
  private readonly pairs: Pairs
  private readonly seed: number

  constructor(population: Population, pairs: Pairs, seed: number) {
    this.windows = population.windows
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
  countArp(flow: FlowRecord, ends: Ends, time: number): void {
    const { windows } = this
    const opened = windows.minute.open(ends.source, (time / W.MINUTE_BUCKET) | 0)
    if (opened >= 0) windows.minute.add(opened, W.ARP, flow.forward.packets)
    this.seen(ends.source, W.ARP_TARGETS, ends.destinationKey[0]!, time)
  }

  /** A connection as its originator made it; `outcome` as of `outcomeOf`. */
  countSource(flow: FlowRecord, ends: Ends, time: number, outcome: number): void {
    const { windows } = this
    const row = ends.source
    const minute = windows.minute.open(row, (time / W.MINUTE_BUCKET) | 0)
    const hour = windows.hour.open(row, (time / W.HOUR_BUCKET) | 0)
    const failed = has(outcome, O.FAILED)
    if (hour >= 0) {
      windows.hour.add(hour, W.HOUR_FLOWS, 1)
      windows.hour.add(hour, W.HOUR_FAILED, failed)
    }
    if (minute < 0) this.late++
    else {
      windows.minute.add(minute, W.FLOWS, 1)
      windows.minute.add(minute, W.FAILED, failed)
      windows.minute.add(minute, W.HALF_OPEN, has(outcome, O.HALF_OPEN))
      windows.minute.add(minute, W.TINY, has(outcome, O.TINY))
      windows.minute.add(minute, W.ONE_WAY, has(outcome, O.ONE_WAY))
      windows.minute.add(minute, W.ECHO, has(outcome, O.ECHO))
    }
    if (flow.names !== null || flow.service === 'dns') this.countNames(flow, row, time, minute, hour)
  }

  /** The same connection as its responder saw it, and what it adds to the source's reach. */
  countDestination(flow: FlowRecord, ends: Ends, time: number, outcome: number): void {
    const { windows } = this
    const { source, destination } = ends
    const minute = windows.minute.open(destination, (time / W.MINUTE_BUCKET) | 0)
    if (minute >= 0) {
      windows.minute.add(minute, W.IN_FLOWS, 1)
      windows.minute.add(minute, W.IN_FAILED, has(outcome, O.FAILED))
      windows.minute.add(minute, W.IN_HALF_OPEN, has(outcome, O.HALF_OPEN))
      windows.minute.add(minute, W.IN_ONE_WAY, has(outcome, O.ONE_WAY))
      windows.minute.add(minute, W.UNREACHABLE, has(outcome, O.UNREACHABLE))
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

  /** The connection among those of its pair. */
  countPair(flow: FlowRecord, pair: number, time: number, outcome: number): void {
    this.pairs.count(pair, time, (outcome & O.FAILED) !== 0, this.portHash(flow))
  }

  private carryEnd(row: number, time: number, sent: number, got: number, bytesSent: number, bytesGot: number): void {
    const { windows } = this
    const bucket = (time / W.MINUTE_BUCKET) | 0
    const minute = windows.minute.open(row, bucket)
    if (minute >= 0) {
      windows.minute.add(minute, W.PACKETS_OUT, sent)
      windows.minute.add(minute, W.PACKETS_IN, got)
    }
    const volume = windows.volume.open(row, bucket)
    if (volume >= 0) {
      windows.volume.add(volume, W.BYTES_OUT, bytesSent)
      windows.volume.add(volume, W.BYTES_IN, bytesGot)
    }
    const hour = windows.hourVolume.open(row, (time / W.HOUR_BUCKET) | 0)
    if (hour >= 0) windows.hourVolume.add(hour, W.BYTES_OUT, bytesSent)
  }

  private countNames(flow: FlowRecord, row: number, time: number, minute: number, hour: number): void {
    const { windows } = this
    const { names, forward } = flow
    if (flow.service === 'dns' && minute >= 0) {
      windows.minute.add(minute, W.QUERIES, flow.protocol === PROTOCOL.udp ? forward.packets : 1)
    }
    if (names?.dnsQuery !== undefined) this.seen(row, W.NAMES, scrambleText(names.dnsQuery, this.seed), time)
    if (names?.dnsRcode !== NXDOMAIN) return
    if (minute >= 0) windows.minute.add(minute, W.NXDOMAIN, 1)
    if (hour >= 0) windows.hour.add(hour, W.HOUR_NXDOMAIN, 1)
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

function has(outcome: number, bit: number): number {
  return (outcome & bit) === 0 ? 0 : 1
}
