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
  it('of a thousand to one is read in bounded memory: what is endless is passed over, and both are counted', async () => {
    const endless = gzipSync(Buffer.alloc(128 * MIB, 'x'), { level: 9 })
    expect((128 * MIB) / endless.length).toBeGreaterThan(1000)
    // A gzip may have several members (RFC 1952, 2.2).
    const packed = Buffer.concat([gzipSync(HEADER), ...new Array<Buffer>(6).fill(endless), gzipSync(`\n${LINE}`)])
    const before = process.memoryUsage().arrayBuffers
    let [looks, most] = [0, 0]
    const look = setInterval(() => {
      looks++
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }, 5)
    const { problems, flows } = await read(packed)
    clearInterval(look)
    expect({ problems, flows }).toEqual({ problems: { 'line-too-long': 1, 'gzip-ratio': 1 }, flows: 1 })
    expect(looks).toBeGreaterThan(0)
    expect(most).toBeLessThan(128 * MIB)
  })

  it('of ordinary lines, as logs are packed, is not said to be anything else', async () => {
    const lines = Array.from({ length: 200_000 }, (_, i) =>
      LINE.replace('40000', String(i % 60_000)).replace('C1', `C${i}`),
    )
    const { problems, flows } = await read(gzipSync(HEADER + lines.join('')))
    expect({ problems, flows }).toEqual({ problems: {}, flows: 200_000 })
  })

  it('that breaks off gives what came before, and is reported as cut', async () => {
    const packed = gzipSync(HEADER + LINE.repeat(1000))
    const { truncated, problems, flows } = await read(packed.subarray(0, packed.length - 10))
    expect({ truncated, problems }).toEqual({ truncated: true, problems: {} })
    expect(flows).toBeGreaterThan(900)
  })
})
