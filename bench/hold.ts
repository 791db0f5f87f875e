import { loadConfig } from '../src/config.ts'
import { createPipeline } from '../src/pipeline.ts'
import { rulesOf } from '../src/request.ts'

/** Holds as many answered connections open as it is told, and prints, as JSON, what a packet of one of them costs, and the memory. */
const FRAME = 54
const BATCH = 8_192
const PACKETS = 2_000_000
const ROUNDS = 3

const flows = Number(process.argv[2])
const base = loadConfig(undefined, {})
const config = { ...base, flows: { ...base.flows, cap: 2 ** Math.ceil(Math.log2(flows)), idleTcp: 86_400 } }
const intake = createPipeline({ config, rules: rulesOf({ config, sources: [] }) }).intake('bench')
const buffer = new Uint8Array(BATCH * FRAME)
const view = new DataView(buffer.buffer)
let time = 1_700_000_000
let filled = 0

for (let flow = 0; flow < flows; flow++) {
  give(flow, false, 0x02)
  give(flow, true, 0x12)
}
const nanoseconds: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  const before = process.cpuUsage()
  let flow = 1
  for (let i = 0; i < PACKETS; i++) {
    flow = (Math.imul(flow, 1_664_525) + 1_013_904_223) >>> 0
    give(flow % flows, (i & 1) === 1, 0x10)
  }
  const { user, system } = process.cpuUsage(before)
  nanoseconds.push(((user + system) * 1_000) / PACKETS)
}
const { open } = intake.counters().flows
if (open !== flows) throw new Error(`${open} flows are open, not ${flows}`)
console.log(JSON.stringify({ nanoseconds, resident: process.memoryUsage().rss / 2 ** 20 }))

/** A TCP segment without payload between one of 4,096 clients and one of 4,093 servers. */
function give(flow: number, reply: boolean, flags: number): void {
  const at = filled * FRAME
  const client = 0x0a000000 | (flow & 4_095)
  const server = 0x5db80000 | (flow % 4_093)
  const port = 1_024 + (flow >>> 12)
  view.setUint16(at + 12, 0x0800)
  view.setUint8(at + 14, 0x45)
  view.setUint16(at + 16, 40)
  view.setUint8(at + 22, 64)
  view.setUint8(at + 23, 6)
  view.setUint32(at + 26, reply ? server : client)
  view.setUint32(at + 30, reply ? client : server)
  view.setUint16(at + 34, reply ? 443 : port)
  view.setUint16(at + 36, reply ? port : 443)
  view.setUint8(at + 46, 0x50)
  view.setUint8(at + 47, flags)
  if (++filled < BATCH) return
  for (let i = 0; i < filled; i++) {
    time += 1e-7
    intake.frame(buffer, i * FRAME, FRAME, FRAME, time, 1)
  }
  intake.flush()
  filled = 0
}
