import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createFileSource } from '../detect.ts'
import { FILE_KINDS } from '../index.ts'
import type { SourceReport } from '../source.ts'
import { collectFlows } from './collect.case.ts'

const MIB = 2 ** 20
const HEADER = '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\torig_pkts\tresp_pkts\n'
const LINE = '1700000000\tC1\t10.0.0.1\t40000\t10.0.0.2\t443\ttcp\t5\t4\n'

async function read(packed: Buffer): Promise<SourceReport & { flows: number }> {
  const sink = collectFlows()
  const source = createFileSource({ path: '-', kinds: FILE_KINDS, stdin: Readable.from([packed]) })
  const report = await source.run(sink, new AbortController().signal)
  return { ...report, flows: sink.flows.length }
}

describe('a packed log', () => {
  it('of a thousand to one: its one endless line is passed over and counted, and what follows is read', async () => {
    const content = Buffer.concat([Buffer.from(HEADER), Buffer.alloc(128 * MIB, 'x'), Buffer.from(`\n${LINE}`)])
    const packed = gzipSync(content, { level: 9 })
    expect(content.length / packed.length).toBeGreaterThan(1000)
    const { problems, flows } = await read(packed)
    expect({ problems, flows }).toEqual({ problems: { 'line-too-long': 1 }, flows: 1 })
  })

  it('that breaks off gives what came before, and is reported as cut', async () => {
    const packed = gzipSync(HEADER + LINE.repeat(1000))
    const { truncated, problems, flows } = await read(packed.subarray(0, packed.length - 10))
    expect({ truncated, problems }).toEqual({ truncated: true, problems: {} })
    expect(flows).toBeGreaterThan(900)
  })
})
