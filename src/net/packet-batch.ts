import type { PacketBatch } from '../types/packet.ts'

/** TCP control bits (RFC 9293) of `PacketBatch.flags`. */
export const TCP_FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ece: 64, cwr: 128 } as const

/** Bits of `PacketBatch.fragment`. */
export const FRAGMENT = { more: 1, later: 2 } as const

/** What most packets do not have: forgets it in all rows, and marks the batch as empty. */
export function clearBatch(batch: PacketBatch): void {
  batch.count = 0
  batch.ports.fill(0)
  batch.identifier.fill(0)
  batch.flags.fill(0)
  batch.fragment.fill(0)
  batch.ttl.fill(0)
  batch.vlan.fill(0)
  batch.tunnel.fill(0)
  batch.srcMacAt.fill(-1)
  batch.dstMacAt.fill(-1)
}

/** The same for one row that was begun and given up. */
export function clearRow(batch: PacketBatch, row: number): void {
  batch.ports[row] = 0
  batch.identifier[row] = 0
  batch.flags[row] = 0
  batch.fragment[row] = 0
  batch.ttl[row] = 0
  batch.vlan[row] = 0
  batch.tunnel[row] = 0
  batch.srcMacAt[row] = -1
  batch.dstMacAt[row] = -1
}

/** Small enough for the second-level cache, large enough to hide the cost of handing it on. */
const CAPACITY = 512

/** An empty batch of `capacity` rows. */
export function createPacketBatch(capacity = CAPACITY): PacketBatch {
  return {
    capacity,
    count: 0,
    buffer: new Uint8Array(0),
    time: new Float64Array(capacity),
    frame: new Int32Array(capacity),
    address: new Int32Array(capacity * 8),
    protocol: new Uint16Array(capacity),
    ports: new Int32Array(capacity),
    identifier: new Uint16Array(capacity),
    flags: new Uint8Array(capacity),
    fragment: new Uint8Array(capacity),
    length: new Int32Array(capacity),
    payload: new Int32Array(capacity),
    payloadAt: new Int32Array(capacity),
    payloadCaptured: new Int32Array(capacity),
    ttl: new Uint8Array(capacity),
    vlan: new Uint16Array(capacity),
    tunnel: new Uint8Array(capacity),
    tunnelId: new Float64Array(capacity),
    outer: new Int32Array(capacity * 8),
    srcMacAt: new Int32Array(capacity).fill(-1),
    dstMacAt: new Int32Array(capacity).fill(-1),
  }
}
