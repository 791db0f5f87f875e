import { formatAddress, parseAddress } from '../net/address.ts'
import { copyFlowRecord, createFlowRecord, PROTOCOL } from '../net/flow-record.ts'
import { createPacketBatch, FRAGMENT } from '../net/packet-batch.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { PacketBatch } from '../types/packet.ts'
import { createFlowTable } from './flow-table.ts'
import type { FlowOptions } from './options.ts'

/** A packet as a test writes it. */
export interface Row {
  time?: number
  src?: string
  dst?: string
  protocol?: keyof typeof PROTOCOL
  /** ICMP: type and code; ARP: opcode. */
  srcPort?: number
  dstPort?: number
  identifier?: number
  /** Letters of FSRPAUEC. */
  flags?: string
  length?: number
  payload?: number
  ttl?: number
  vlan?: number
  srcMac?: number
  dstMac?: number
  laterFragment?: boolean
}

/** A batch of its own for `rows`, numbered from `firstFrame`. */
export function batchOf(rows: readonly Row[], firstFrame = 1): PacketBatch {
  const batch = createPacketBatch(Math.max(1, rows.length))
  const macs = Buffer.alloc(rows.length * 12)
  batch.buffer = macs
  batch.count = rows.length
  for (const [row, packet] of rows.entries()) {
    const { src = '10.0.0.1', dst = '10.0.0.2', srcPort = 0, dstPort = 0, flags = '', payload = 0 } = packet
    parseAddress(src, batch.address, row * 8)
    parseAddress(dst, batch.address, row * 8 + 4)
    batch.time[row] = packet.time ?? 0
    batch.frame[row] = firstFrame + row
    batch.protocol[row] = PROTOCOL[packet.protocol ?? 'tcp']
    batch.ports[row] = (srcPort << 16) | dstPort
    batch.identifier[row] = packet.identifier ?? 0
    batch.flags[row] = [...flags].reduce((bits, letter) => bits | (1 << 'FSRPAUEC'.indexOf(letter)), 0)
    batch.fragment[row] = packet.laterFragment ? FRAGMENT.later : 0
    batch.length[row] = packet.length ?? 40 + payload
    batch.payload[row] = payload
    batch.ttl[row] = packet.ttl ?? 64
    batch.vlan[row] = packet.vlan ?? 0
    macs.writeUIntBE(packet.srcMac ?? 0, row * 12, 6)
    macs.writeUIntBE(packet.dstMac ?? 0, row * 12 + 6, 6)
    batch.srcMacAt[row] = row * 12
    batch.dstMacAt[row] = row * 12 + 6
  }
  return batch
}

/** A table and the records it gave so far, copied. */
export function tableOf(options: FlowOptions = {}) {
  const flows: FlowRecord[] = []
  const table = createFlowTable({ cap: 4096, ...options }, (flow) => {
    flows.push(copyFlowRecord(flow, createFlowRecord()))
  })
  return { table, flows }
}

/** The records of `rows`, the table flushed at the end. */
export function flowsOf(rows: readonly Row[], options: FlowOptions = {}): FlowRecord[] {
  const { table, flows } = tableOf(options)
  table.add(batchOf(rows))
  table.flush()
  return flows
}

/**
 * One TCP connection, a segment a tenth of a second: `> S` from the client, `< SA` from the server, a number of payload
 * bytes behind it: `> PA 100`.
 */
export function connection(segments: readonly string[], fields: Row = {}): Row[] {
  return segments.map((segment, i) => {
    const [direction, flags = '', payload = '0'] = segment.split(' ')
    const { src = '10.0.0.1', dst = '10.0.0.2', srcPort = 40_000, dstPort = 80, time = 0 } = fields
    const forward = { src, dst, srcPort, dstPort }
    const reverse = { src: dst, dst: src, srcPort: dstPort, dstPort: srcPort }
    const end = direction === '>' ? forward : reverse
    return { ...fields, ...end, flags: flags.replace('-', ''), payload: Number(payload), time: time + i / 10 }
  })
}

/** `10.0.0.1:40000 > 10.0.0.2:80`. */
export function endsOf({ address, srcPort, dstPort }: FlowRecord): string {
  return `${formatAddress(address, 0)}:${srcPort} > ${formatAddress(address, 4)}:${dstPort}`
}
