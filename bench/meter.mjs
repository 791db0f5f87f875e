import { createDecoder } from '../dist/decode/decoder.js'
import { createFlowTable } from '../dist/flows/flow-table.js'
import { createPcapSource } from '../dist/sources/pcap/pcap.js'

/** Makes the flow records of a capture and counts them: what a flow meter does, and nothing else. */
const path = process.argv[2]
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
