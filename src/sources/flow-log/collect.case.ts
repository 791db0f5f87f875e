import { Readable } from 'node:stream'
import { copyFlowRecord, createFlowRecord } from '../../net/flow-record.ts'
import type { FlowRecord } from '../../types/flow.ts'
import { createFileSource } from '../detect.ts'
import { FILE_KINDS } from '../index.ts'
import type { Sink, SourceReport } from '../source.ts'
import type { FlowLogFormat, LineResult } from './format.ts'
import { Joined } from './joined.ts'

/** A sink that keeps copies of all records, and counts frames. */
export function collectFlows(): Sink & { flows: FlowRecord[]; frames: number } {
  const flows: FlowRecord[] = []
  return {
    flows,
    frames: 0,
    frame() {
      this.frames++
    },
    flush() {},
    flow(record) {
      flows.push(copyFlowRecord(record, createFlowRecord()))
    },
    tick() {},
  }
}

/** What `nads read -` would hand on for `input` that comes in pieces of `size`. */
export async function readInput(input: Uint8Array | string, size = 65_536) {
  const bytes = Buffer.from(input as Uint8Array)
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) pieces.push(Buffer.from(bytes.subarray(at, at + size)))
  const sink = collectFlows()
  const source = createFileSource({ path: '-', kinds: FILE_KINDS, stdin: Readable.from(pieces) })
  const report: SourceReport = await source.run(sink, new AbortController().signal)
  return { report, flows: sink.flows, frames: sink.frames }
}

/** What a parser of `format` makes of each of `lines`, the record copied. */
export function parseLines(
  format: FlowLogFormat,
  lines: readonly string[],
): { result: LineResult; record: FlowRecord }[] {
  const parser = format.createParser(new Joined())
  const record = createFlowRecord()
  return lines.map((line) => {
    const result = parser.read(line, record)
    return { result, record: copyFlowRecord(record, createFlowRecord()) }
  })
}

/** What every record has to be, whatever was read. */
export function isSane({ forward, reverse, first, last, srcPort, dstPort, vlan }: FlowRecord): boolean {
  const counts = [forward, reverse].flatMap((direction) => Object.values(direction))
  return (
    counts.every((value) => Number.isFinite(value) && value >= 0) &&
    forward.packets + reverse.packets > 0 &&
    [forward, reverse].every(({ payload, bytes, syn, packets }) => payload <= bytes && syn <= packets) &&
    last >= first &&
    first >= 0 &&
    [srcPort, dstPort].every((port) => Number.isInteger(port) && port >= 0 && port < 65_536) &&
    vlan < 4096
  )
}
