import { addAbortSignal, type Readable } from 'node:stream'
import { createFlowRecord } from '../../net/flow-record.ts'
import { InputError } from '../../types/errors.ts'
import { Problems } from '../pcap/capture.ts'
import { Intake } from '../pcap/intake.ts'
import type { Sink, Source, SourceReport } from '../source.ts'
import type { FlowLogFormat, LineParser } from './format.ts'
import { LineReader } from './lines.ts'
import { TimeOrder } from './time-order.ts'

export interface FlowLogOptions {
  format: FlowLogFormat
  stream: Readable
  /** What flows are marked with. */
  name: string
  /** How the input is called in an error. */
  shown: string
  /** Bytes of the input, 0 when unknown. */
  size?: number
}

/** Reads a log of flows line by line, plain or gzip; a line that is no flow is counted by reason. Bytes are those of the flows. */
export function createFlowLogSource({ format, stream, name, shown, size = 0 }: FlowLogOptions): Source {
  const parser = format.createParser()
  return {
    name,
    lacks: () => parser.lacks(),
    async run(sink, signal, { progress } = {}): Promise<SourceReport> {
      const records = new Records(parser, name, sink)
      const lines = new LineReader((line, number) => records.read(line, number))
      const intake = new Intake(lines)
      let done = 0
      try {
        for await (const chunk of addAbortSignal(signal, stream)) {
          done += (chunk as Buffer).length
          await intake.write(chunk as Buffer)
          progress?.(done, size)
          if (intake.stopped) break
        }
      } catch (error) {
        if (!signal.aborted) throw reasonOf(error, stream, shown)
      }
      await intake.end()
      const cut = intake.damage !== null || signal.aborted
      lines.end(cut)
      records.end()
      const { packets, bytes, problems } = records
      if (intake.damage === 'bad-gzip') problems.count('bad-gzip')
      return { bytes, packets, truncated: cut && !signal.aborted, problems: problems.toRecord() }
    },
  }
}

function reasonOf(error: unknown, stream: Readable, shown: string): unknown {
  return error === stream.errored ? new InputError(`${shown}: ${(error as Error).message}`) : error
}

/** Makes records of lines and hands them on in the order of time. */
class Records {
  readonly problems = new Problems()
  packets = 0
  bytes = 0
  readonly #parser: LineParser
  readonly #record = createFlowRecord()
  readonly #order: TimeOrder
  #id = 0

  constructor(parser: LineParser, name: string, sink: Sink) {
    this.#parser = parser
    this.#record.source = name
    this.#order = new TimeOrder((flow) => {
      flow.id = ++this.#id
      sink.flow(flow)
    })
  }

  /** Takes a line, null for one too long to be read. */
  read(line: string | null, number: number): void {
    const result = line === null ? 'line-too-long' : this.#parser.read(line, this.#record)
    if (result !== 'flow') {
      if (result !== 'nothing') this.problems.count(result)
      return
    }
    const { forward, reverse } = this.#record
    this.#record.frame = number
    this.packets += forward.packets + reverse.packets
    this.bytes += forward.bytes + reverse.bytes
    this.#order.push(this.#record)
  }

  end(): void {
    this.#order.flush()
  }
}
