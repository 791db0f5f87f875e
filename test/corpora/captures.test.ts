import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createDecoder } from '../../src/decode/decoder.ts'
import { createFlowTable } from '../../src/flows/flow-table.ts'
import { createPcapSource } from '../../src/sources/pcap/pcap.ts'
import { InputError } from '../../src/types/errors.ts'
import { capinfos, filesBelow, findCorpus, findTools } from './corpus.ts'

/** Every capture of the corpus, some of them broken on purpose, from its bytes to flow records. */
const corpus = findCorpus()
const files = corpus === null ? [] : filesBelow(corpus)
const known = corpus !== null && findTools('capinfos') ? capinfos(corpus, files) : null

async function read(path: string) {
  const decoder = createDecoder()
  const count = { rows: 0, inFlows: 0 }
  const table = createFlowTable({ cap: 1000 }, ({ forward, reverse }) => {
    count.inFlows += forward.packets + reverse.packets
  })
  const advance = (): void => {
    count.rows += decoder.batch.count
    table.add(decoder.batch)
    decoder.clear()
  }
  const sink = {
    frame: (buffer: Uint8Array, offset: number, captured: number, length: number, time: number, link: number): void => {
      if (decoder.decode(buffer, offset, captured, length, time, link)) advance()
    },
    flush: advance,
    flow: () => {},
    tick: () => {},
  }
  const report = await createPcapSource({ path }).run(sink, new AbortController().signal)
  table.flush()
  const undecoded = Object.values(decoder.counters()).reduce((sum, value) => sum + value, 0)
  return { ...report, ...count, undecoded }
}

/** What is wrong with how a file was read, or null. */
async function fault(file: string): Promise<string | null> {
  const info = known?.get(file)
  try {
    const { packets, rows, inFlows, undecoded } = await read(join(corpus!, file))
    if (info !== undefined && packets !== info.packets) return `${file}: ${packets} packets, not ${info.packets}`
    if (rows + undecoded !== packets) return `${file}: ${rows} decoded and ${undecoded} not, of ${packets}`
    return inFlows === rows ? null : `${file}: ${inFlows} packets in flows, of ${rows}`
  } catch (error) {
    if (error instanceof InputError && info === undefined) return null
    return `${file}: ${error instanceof Error ? error.stack : error}`
  }
}

describe.skipIf(corpus === null)('the corpus', () => {
  it.each([...new Set(files.map((file) => file.split('/')[0]!))])(
    '%s: as many packets as capinfos counts',
    async (folder) => {
      const faults = []
      for (const file of files.filter((name) => name.startsWith(`${folder}/`))) {
        const found = await fault(file)
        if (found !== null) faults.push(found)
      }
      expect(faults).toEqual([])
    },
  )

  it('is the whole one', () => {
    expect(files.length).toBeGreaterThan(1900)
    if (known !== null) expect(known.size).toBeGreaterThan(1900)
  })
})
