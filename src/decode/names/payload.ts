import { PROTOCOL } from '../../net/flow-record.ts'
import type { PacketBatch } from '../../types/packet.ts'
import { QuicLimits } from './quic-limits.ts'
import { ResolvedNames } from './resolved.ts'

/** Where the readers of names look: `bytes[at .. end)`, and whose bytes they are. One is reused for all payloads. */
export class Payload {
  bytes: Uint8Array = new Uint8Array(0)
  at = 0
  end = 0
  tcp = false
  /** All of it was captured. */
  whole = true
  /** Sent by the originator of the flow. */
  forward = false
  srcPort = 0
  dstPort = 0
  /** Epoch seconds. */
  time = 0
  readonly quic = new QuicLimits()
  readonly resolved: ResolvedNames
  /** Source and destination are the eight words from `addressAt` on. */
  address: Int32Array = new Int32Array(8)
  addressAt = 0

  constructor(seed = 1) {
    this.resolved = new ResolvedNames(seed)
  }

  /** Looks at row `row`; only valid as long as the batch is. */
  set(batch: PacketBatch, row: number, forward: boolean): void {
    this.bytes = batch.buffer
    this.at = batch.payloadAt[row]!
    this.end = this.at + batch.payloadCaptured[row]!
    this.whole = batch.payloadCaptured[row]! >= batch.payload[row]!
    this.tcp = batch.protocol[row] === PROTOCOL.tcp
    this.forward = forward
    this.time = batch.time[row]!
    this.address = batch.address
    this.addressAt = row * 8
    const ports = batch.ports[row]!
    this.srcPort = ports >>> 16
    this.dstPort = ports & 0xffff
  }

  /** True when either end uses the port. */
  isOn(port: number): boolean {
    return this.dstPort === port || this.srcPort === port
  }

  /** True when the payload starts with the characters of `text`. */
  startsWith(text: string): boolean {
    return hasText(this.bytes, this.at, this.end, text)
  }
}

/** True when the characters of `text` stand at `at`, before `end`. */
export function hasText(bytes: Uint8Array, at: number, end: number, text: string): boolean {
  if (end - at < text.length) return false
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false
  return true
}

/** The 16-bit number at `at`, most significant byte first. */
export function readUint16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}
