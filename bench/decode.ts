import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDecoder } from '../src/decode/decoder.ts'
import { createNames } from '../src/decode/names/names.ts'
import { createFlowTable } from '../src/flows/flow-table.ts'
import { createPcapSource } from '../src/sources/pcap/pcap.ts'
import type { Sink } from '../src/sources/source.ts'
import { measureAsync, sized } from './measure.ts'
import { writeTraffic } from './traffic.ts'

/** Prints what a packet costs on its way from a capture file to flow records: CPU time of the whole process. */
const PACKETS = Number(process.argv[2] ?? sized(1_000_000, 100_000))

const path = join(tmpdir(), `nads-bench-${process.pid}.pcap`)
writeTraffic(path, { packets: PACKETS, content: true })

const read = (sink: Sink) => createPcapSource({ path }).run(sink, new AbortController().signal)
const ignore = { flow: () => {}, tick: () => {} }
let frames = 0

function decodeInto(full: (decoder: ReturnType<typeof createDecoder>) => void): Sink {
  const decoder = createDecoder()
  const advance = (): void => {
    full(decoder)
    decoder.clear()
  }
  return {
    ...ignore,
    frame(buffer, offset, captured, length, time, link) {
      if (decoder.decode(buffer, offset, captured, length, time, link)) advance()
    },
    flush: advance,
  }
}

try {
  await measureAsync('read', PACKETS, () => read({ ...ignore, frame: () => frames++, flush: () => {} }))
  await measureAsync('read, decode', PACKETS, () => read(decodeInto(() => {})))
  await measureAsync('read, decode, flow records', PACKETS, async () => {
    const table = createFlowTable({}, () => {})
    await read(decodeInto((decoder) => table.add(decoder.batch)))
    table.flush()
  })
  await measureAsync('read, decode, flow records with names', PACKETS, async () => {
    const table = createFlowTable({}, () => {}, createNames())
    await read(decodeInto((decoder) => table.add(decoder.batch)))
    table.flush()
  })
} finally {
  rmSync(path, { force: true })
}
