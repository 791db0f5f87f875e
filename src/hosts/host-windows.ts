import type { Rows } from '../math/rows.ts'
import { SlidingDistinct } from '../math/sliding-distinct.ts'
import type { HostContext } from '../types/host.ts'
import { Rings } from './rings.ts'

/** Seconds of a bucket: the window is the newest and the three before it. */
export const MINUTE_BUCKET = 15
export const HOUR_BUCKET = 900

/** Counters of a host over a minute; those from IN_FLOWS on are of flows to it. */
export const FLOWS = 0
export const FAILED = 1
export const HALF_OPEN = 2
export const TINY = 3
export const ONE_WAY = 4
export const QUERIES = 5
export const NXDOMAIN = 6
export const ARP = 7
export const ECHO = 8
export const UNREACHABLE = 9
export const PACKETS_OUT = 10
export const PACKETS_IN = 11
export const IN_FLOWS = 12
export const IN_FAILED = 13
export const IN_HALF_OPEN = 14
export const IN_ONE_WAY = 15
const MINUTE_COUNTERS = 16

/** Counters over an hour. */
export const HOUR_FLOWS = 0
export const HOUR_FAILED = 1
export const HOUR_NXDOMAIN = 2
const HOUR_COUNTERS = 3

/** Bytes over a minute; BYTES_OUT over an hour too. */
export const BYTES_OUT = 0
export const BYTES_IN = 1

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

/** Everything counted of a host in sliding windows. */
export class HostWindows implements Rows {
  readonly minute = new Rings(MINUTE_COUNTERS, new Uint32Array(0))
  readonly hour = new Rings(HOUR_COUNTERS, new Uint32Array(0))
  readonly volume = new Rings(2, new Float64Array(0))
  readonly hourVolume = new Rings(1, new Float64Array(0))
  readonly distinct: SlidingDistinct
  private readonly parts: readonly (Rows & { reset(): void })[]

  constructor(maxBitmaps: number) {
    this.distinct = new SlidingDistinct(SETS, EXACT, maxBitmaps)
    this.parts = [this.minute, this.hour, this.volume, this.hourVolume, this.distinct]
  }

  get bytes(): number {
    return this.parts.reduce((sum, part) => sum + part.bytes, 0)
  }

  resize(capacity: number): void {
    for (const part of this.parts) part.resize(capacity)
  }

  clear(row: number): void {
    for (const part of this.parts) part.clear(row)
  }

  /** Forgets every window, for a clock that was set back. */
  reset(): void {
    for (const part of this.parts) part.reset()
  }

  /** Tells what a host did as a source; its newest packet came in minute bucket `last`. */
  tellSource(row: number, last: number, context: HostContext): void {
    const { minute, hour, distinct, volume } = this
    context.srcFlows60s = minute.sum(row, FLOWS)
    context.srcFailed60s = minute.sum(row, FAILED)
    context.srcHalfOpen60s = minute.sum(row, HALF_OPEN)
    context.srcTiny60s = minute.sum(row, TINY)
    context.srcOneWay60s = minute.sum(row, ONE_WAY)
    context.srcQueries60s = minute.sum(row, QUERIES)
    context.srcNxdomain60s = minute.sum(row, NXDOMAIN)
    context.srcArp60s = minute.sum(row, ARP)
    context.srcEcho60s = minute.sum(row, ECHO)
    context.srcUnreachable60s = minute.sum(row, UNREACHABLE)
    context.srcPacketsOut60s = minute.sum(row, PACKETS_OUT)
    context.srcPacketsIn60s = minute.sum(row, PACKETS_IN)
    context.srcFlows1h = hour.sum(row, HOUR_FLOWS)
    context.srcFailed1h = hour.sum(row, HOUR_FAILED)
    context.srcNxdomain1h = hour.sum(row, HOUR_NXDOMAIN)
    context.srcBytesOut60s = volume.sum(row, BYTES_OUT)
    context.srcBytesIn60s = volume.sum(row, BYTES_IN)
    context.srcBytesOut1h = this.hourVolume.sum(row, BYTES_OUT)
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

  /** Tells what was done to a host, likewise; row -1 tells of nobody. */
  tellDestination(row: number, last: number, context: HostContext): void {
    const { minute, distinct, volume } = this
    const known = row >= 0
    context.dstFlows60s = known ? minute.sum(row, IN_FLOWS) : 0
    context.dstFailed60s = known ? minute.sum(row, IN_FAILED) : 0
    context.dstHalfOpen60s = known ? minute.sum(row, IN_HALF_OPEN) : 0
    context.dstOneWay60s = known ? minute.sum(row, IN_ONE_WAY) : 0
    context.dstPacketsIn60s = known ? minute.sum(row, PACKETS_IN) : 0
    context.dstBytesIn60s = known ? volume.sum(row, BYTES_IN) : 0
    context.dstBytesOut60s = known ? volume.sum(row, BYTES_OUT) : 0
    if (known) distinct.read(row, SOURCES, last)
    context.dstFanin60s = known ? distinct.short : 0
    if (known) distinct.read(row, ASKED_PORTS, last)
    context.dstPorts60s = known ? distinct.short : 0
  }
}
