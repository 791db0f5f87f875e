import { createFlowTable } from '../src/flows/flow-table.ts'
import { createRandom, integer } from '../src/math/random.ts'
import { PROTOCOL } from '../src/net/flow-record.ts'
import { createPacketBatch, TCP_FLAG } from '../src/net/packet-batch.ts'
import type { PacketBatch } from '../src/types/packet.ts'
import { measure } from './measure.ts'

/** Prints what a packet costs in the flow table alone, with few, many and very many flows open. */
const SET = 512
const random = createRandom(1)

for (const [concurrent, name] of [
  [1_000, '1 k'],
  [100_000, '100 k'],
  [1_000_000, '1 M'],
] as const) {
  const table = createFlowTable({ cap: concurrent, idleTcp: 86_400, halfOpen: 86_400, active: 86_400 }, () => {})
  const batches = Array.from({ length: SET }, () => createPacketBatch())
  let next = 0
  let time = 1_700_000_000
  const give = (): void => {
    for (const batch of batches) {
      for (let row = 0; row < batch.capacity; row++) batch.time[row] = time += 1e-6
      table.add(batch)
    }
  }
  while (table.size < concurrent) {
    for (const batch of batches) for (let row = 0; row < batch.capacity; row++) fill(batch, row, next++ % concurrent)
    give()
  }
  for (const batch of batches)
    for (let row = 0; row < batch.capacity; row++) fill(batch, row, integer(random, 0, concurrent - 1))
  measure(`${name} flows open`, SET * batches[0]!.capacity, give)
}

/** Short flows: every packet opens one, and at the cap another has to go. */
const batch = createPacketBatch()
const table = createFlowTable({ cap: 65_536 }, () => {})
let flow = 0
measure('a new flow per packet, at the cap', 2_000 * batch.capacity, () => {
  for (let i = 0; i < 2_000; i++) {
    for (let row = 0; row < batch.capacity; row++) {
      fill(batch, row, flow++)
      batch.flags[row] = TCP_FLAG.syn
      batch.time[row] = 1_700_000_000 + flow * 1e-5
    }
    table.add(batch)
  }
})

function fill(batch: PacketBatch, row: number, flow: number): void {
  batch.count = batch.capacity
  batch.address.set([0, 0, 0xffff, 0x0a000000 | (flow >>> 4), 0, 0, 0xffff, 0x5db80000 | (flow % 4093)], row * 8)
  const reply = (flow ^ row) & 1
  if (reply === 1) batch.address.copyWithin(row * 8 + 4, row * 8, row * 8 + 4)
  if (reply === 1) batch.address[row * 8 + 3] = 0x5db80000 | (flow % 4093)
  batch.protocol[row] = PROTOCOL.tcp
  const client = 1024 + (flow % 61_000)
  batch.ports[row] = reply === 1 ? (443 << 16) | client : (client << 16) | 443
  batch.flags[row] = TCP_FLAG.ack
  batch.length[row] = 40 + (flow % 1400)
  batch.payload[row] = flow % 1400
  batch.frame[row] = 1
}
