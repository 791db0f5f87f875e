import { formatAddress, formatMac } from '../net/address.ts'
import { tunnelLabel, tunnelName } from '../net/tunnel.ts'
import type { PacketBatch } from '../types/packet.ts'
import { createDecoder } from './decoder.ts'

/** One row of a batch, readable. */
export function rowOf({ batch }: ReturnType<typeof createDecoder>, row = 0) {
  const ports = batch.ports[row]!
  return {
    time: batch.time[row]!,
    frame: batch.frame[row]!,
    src: formatAddress(batch.address, row * 8),
    dst: formatAddress(batch.address, row * 8 + 4),
    protocol: batch.protocol[row]!,
    srcPort: ports >>> 16,
    dstPort: ports & 0xffff,
    identifier: batch.identifier[row]!,
    flags: batch.flags[row]!,
    fragment: batch.fragment[row]!,
    length: batch.length[row]!,
    payload: [...batch.buffer.subarray(batch.payloadAt[row]!, batch.payloadAt[row]! + batch.payloadCaptured[row]!)],
    payloadLength: batch.payload[row]!,
    ttl: batch.ttl[row]!,
    vlan: batch.vlan[row]!,
    tunnel: batch.tunnel[row] === 0 ? null : tunnelOf(batch, row),
    srcMac: macAt(batch.buffer, batch.srcMacAt[row]!),
    dstMac: macAt(batch.buffer, batch.dstMacAt[row]!),
  }
}

interface Captured {
  link?: number
  length?: number
  offset?: number
}

/** Decodes one frame alone; `row` is null when it made none. `offset` bytes come before it in its buffer. */
export function decodeOne(frame: Uint8Array, fields: Captured = {}) {
  const { row, reasons } = decodeTunnelled(frame, fields)
  return { row, reasons }
}

/** The same, and what was counted of tunnels. */
export function decodeTunnelled(frame: Uint8Array, { link = 1, length = frame.length, offset = 3 }: Captured = {}) {
  const decoder = createDecoder()
  const buffer = new Uint8Array(offset + frame.length)
  buffer.set(frame, offset)
  decoder.decode(buffer, offset, frame.length, length, 1.5, link)
  return {
    row: decoder.batch.count === 0 ? null : rowOf(decoder),
    reasons: decoder.counters(),
    tunnels: decoder.tunnels(),
  }
}

function tunnelOf({ tunnel, tunnelId, outer }: PacketBatch, row: number): string {
  const address = outer.slice(row * 8, row * 8 + 8)
  return tunnelLabel({ kind: tunnelName(tunnel[row]!), id: tunnelId[row]!, address })
}

function macAt(buffer: Uint8Array, at: number): string | null {
  return at < 0 ? null : formatMac(Number.parseInt(Buffer.from(buffer.subarray(at, at + 6)).toString('hex'), 16))
}
