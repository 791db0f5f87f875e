import { createDecoder } from '../src/decode/decoder.ts'
import { createFlowTable } from '../src/flows/flow-table.ts'
import { createPcapSource } from '../src/sources/pcap/pcap.ts'

/** Makes the flow records of a capture and counts them: what a flow meter does, and nothing else. */
const path = process.argv[2]!
const decoder = createDecoder()
let flows = 0
const table = createFlowTable({}, () => flows++)
const advance = () => {
  table.add(decoder.batch)
  decoder.clear()
}
const report = await createPcapSource({ path }).run(
  {
    frame(buffer, offset, captured, length, time, link) {
      if (decoder.decode(buffer, offset, captured, length, time, link)) advance()
    },
    flush: advance,
    flow() {},
    tick() {},
  },
  new AbortController().signal,
)
advance()
table.flush()
console.log(`${report.packets} packets, ${flows} flows`)
