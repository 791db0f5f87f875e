import { PROTOCOL } from '../../net/flow-record.ts'
import { createPacketBatch } from '../../net/packet-batch.ts'
import type { PacketBatch } from '../../types/packet.ts'
import { Payload } from './payload.ts'

export interface Sent {
  bytes: Uint8Array | string
  tcp?: boolean
  forward?: boolean
  /** The responder's port. */
  port?: number
}

/** A batch whose one row has `bytes` as payload, at an offset, with other bytes around it. */
export function rowOf({ bytes, tcp = true, forward = true, port = 9999 }: Sent): PacketBatch {
  const content = Buffer.from(bytes as Uint8Array)
  const batch = createPacketBatch(1)
  batch.count = 1
  batch.buffer = Buffer.concat([Buffer.from('HTTP/1.1 200 '), content, Buffer.from('\0com\0 HTTP/1.1\r\n\r\n')])
  batch.payloadAt[0] = 13
  batch.payloadCaptured[0] = content.length
  batch.payload[0] = content.length
  batch.protocol[0] = tcp ? PROTOCOL.tcp : PROTOCOL.udp
  batch.ports[0] = forward ? (50_000 << 16) | port : (port << 16) | 50_000
  return batch
}

/** The payload itself. */
export function payloadOf(sent: Sent): Payload {
  const payload = new Payload()
  payload.set(rowOf(sent), 0, sent.forward ?? true)
  return payload
}
