import type { Records } from '../math/records.ts'
import { SlidingDistinct } from '../math/sliding-distinct.ts'
import type { HostContext } from '../types/host.ts'
import { Window } from './window.ts'

/** Seconds of a bucket: the window is the newest and the three before it. */
export const MINUTE_BUCKET = 15
export const HOUR_BUCKET = 900

/** Counters of a host over a minute; those from IN_FLOWS on are of flows to it. */
export const FLOWS = 0
export const FAILED = 1
export const HALF_OPEN = 2
export const TINY = 3
export const QUERIES = 4
export const NXDOMAIN = 5
export const IN_FLOWS = 6
export const IN_FAILED = 7
export const IN_HALF_OPEN = 8
const MINUTE_COUNTERS = 9

/** Counters over an hour. */
export const HOUR_FLOWS = 0
export const HOUR_FAILED = 1
export const HOUR_NXDOMAIN = 2
const HOUR_COUNTERS = 3

/** Bytes and packets over a minute; BYTES_OUT over an hour too. */
export const BYTES_OUT = 0
export const BYTES_IN = 1
export const PACKETS_OUT = 2
export const PACKETS_IN = 3
const MINUTE_SUMS = 4
const HOUR_SUMS = 1

/** What is counted distinct; each in a set of its own. */
export const DESTINATIONS = 0
export const PORTS = 1
export const FAILED_TARGETS = 2
export const NAMES = 3
export const ARP_TARGETS = 4
export const MACS = 5
export const SOURCES = 6
export const ASKED_PORTS = 7
const SETS = 8
const EXACT = 8

/** Everything counted of a host in sliding windows, which end with its newest packet. */
export class HostWindows {
  readonly minute: Window
  readonly hour: Window
  readonly distinct: SlidingDistinct

  constructor(records: Records, maxBitmaps: number) {
    this.minute = new Window(records, MINUTE_BUCKET, MINUTE_COUNTERS, MINUTE_SUMS)
    this.hour = new Window(records, HOUR_BUCKET, HOUR_COUNTERS, HOUR_SUMS)
    this.distinct = new SlidingDistinct(records, SETS, EXACT, maxBitmaps)
  }

  /** The host's newest packet moves on. */
  advance(row: number, before: number, now: number): void {
    this.minute.advance(row, before, now)
    this.hour.advance(row, before, now)
  }

  /** Forgets a host's windows, for a clock that was set back. */
  reset(row: number): void {
    this.minute.reset(row)
    this.hour.reset(row)
    this.distinct.reset(row)
  }

  /** Tells what a host did as a source; its newest packet came in minute bucket `last`. */
  tellSource(row: number, last: number, context: HostContext): void {
    const { minute, hour, distinct } = this
    minute.read(row)
    hour.read(row)
    context.srcFlows60s = minute.counted[FLOWS]!
    context.srcFailed60s = minute.counted[FAILED]!
    context.srcHalfOpen60s = minute.counted[HALF_OPEN]!
    context.srcTiny60s = minute.counted[TINY]!
    context.srcQueries60s = minute.counted[QUERIES]!
    context.srcNxdomain60s = minute.counted[NXDOMAIN]!
    context.srcPacketsOut60s = minute.summed[PACKETS_OUT]!
    context.srcPacketsIn60s = minute.summed[PACKETS_IN]!
    context.srcFlows1h = hour.counted[HOUR_FLOWS]!
    context.srcFailed1h = hour.counted[HOUR_FAILED]!
    context.srcNxdomain1h = hour.counted[HOUR_NXDOMAIN]!
    context.srcBytesOut60s = minute.summed[BYTES_OUT]!
    context.srcBytesIn60s = minute.summed[BYTES_IN]!
    context.srcBytesOut1h = hour.summed[BYTES_OUT]!
    distinct.read(row, DESTINATIONS, last)
    context.srcFanout60s = distinct.short
    context.srcFanout1h = distinct.long
    distinct.read(row, PORTS, last)
    context.srcPorts60s = distinct.short
    context.srcPorts1h = distinct.long
    distinct.read(row, FAILED_TARGETS, last)
    context.srcFailedTargets60s = distinct.short
    context.srcFailedTargets1h = distinct.long
    distinct.read(row, NAMES, last)
    context.srcNames60s = distinct.short
    context.srcNames1h = distinct.long
    distinct.read(row, ARP_TARGETS, last)
    context.srcArpTargets60s = distinct.short
    distinct.read(row, MACS, last)
    context.srcMacs = distinct.long
  }

  /** Tells what was done to a host, likewise. */
  tellDestination(row: number, last: number, context: HostContext): void {
    const { minute, distinct } = this
    minute.read(row)
    context.dstFlows60s = minute.counted[IN_FLOWS]!
    context.dstFailed60s = minute.counted[IN_FAILED]!
    context.dstHalfOpen60s = minute.counted[IN_HALF_OPEN]!
    context.dstPacketsIn60s = minute.summed[PACKETS_IN]!
    context.dstBytesIn60s = minute.summed[BYTES_IN]!
    context.dstBytesOut60s = minute.summed[BYTES_OUT]!
    distinct.read(row, SOURCES, last)
    context.dstFanin60s = distinct.short
    distinct.read(row, ASKED_PORTS, last)
    context.dstPorts60s = distinct.short
  }
}

/** For a flow to a group, which is nobody. */
export function tellNoDestination(context: HostContext): void {
  context.dstFlows60s = 0
  context.dstFailed60s = 0
  context.dstHalfOpen60s = 0
  context.dstPacketsIn60s = 0
  context.dstBytesIn60s = 0
  context.dstBytesOut60s = 0
  context.dstFanin60s = 0
  context.dstPorts60s = 0
}
