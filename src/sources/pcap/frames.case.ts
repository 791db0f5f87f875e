import { Readable } from 'node:stream'
import type { Sink, SourceReport } from '../source.ts'
import { createPcapSource } from './pcap.ts'
import { CaptureReader } from './reader.ts'

/** A frame as it was handed on, copied. */
export interface SeenFrame {
  bytes: number[]
  length: number
  time: number
  link: number
}

/** A sink that keeps copies of all frames. */
export function collect(): Sink & { frames: SeenFrame[]; flushes: number } {
  const frames: SeenFrame[] = []
  return {
    frames,
    flushes: 0,
    frame(buffer, offset, captured, length, time, link) {
      frames.push({ bytes: [...buffer.subarray(offset, offset + captured)], length, time, link })
    },
    flush() {
      this.flushes++
    },
    flow() {},
    tick() {},
  }
}

/** What the reader makes of `input` given in pieces that end at `cuts`. */
export function readPieces(input: Uint8Array, cuts: readonly number[] = []) {
  const sink = collect()
  const reader = new CaptureReader(sink)
  let from = 0
  for (const cut of [...cuts, input.length]) {
    reader.write(input.subarray(from, cut))
    from = cut
  }
  return { reader, frames: sink.frames, flushes: sink.flushes }
}

/** What the source makes of `input` on standard input, in pieces of `size`. */
export async function readStdin(input: Uint8Array, size = input.length) {
  const pieces = []
  for (let at = 0; at < input.length; at += size) pieces.push(Buffer.from(input.subarray(at, at + size)))
  const sink = collect()
  const source = createPcapSource({ path: '-', stdin: Readable.from(pieces) })
  const report: SourceReport = await source.run(sink, new AbortController().signal)
  return { report, frames: sink.frames }
}
