import type { Source, SourceReport } from '../source.ts'
import type { FlowLogFormat, LineParser } from './format.ts'
import { Joined } from './joined.ts'
import { LogFile, type LogInput } from './log-file.ts'
import { Records } from './records.ts'

export interface FlowLogOptions {
  format: FlowLogFormat
  /** What flows are marked with. */
  name: string
  /** Logs of flows, in order. */
  logs: readonly LogInput[]
  /** Logs of the same format that tell more of those flows. */
  companions?: readonly LogInput[]
}

interface Beside {
  parser: LineParser
  file: LogFile
}

/**
 * Reads logs of flows line by line, plain or gzip; a line that is no flow is counted by reason. Bytes are those of the flows.
 * Companions are read ahead as far as there is room for what they tell, and at least as far as the flows have come.
 */
export function createFlowLogSource({ format, name, logs, companions = [] }: FlowLogOptions): Source {
  const joined = new Joined()
  const parsers: LineParser[] = []
  const createParser = (): LineParser => {
    const parser = format.createParser(joined)
    parsers.push(parser)
    return parser
  }
  return {
    name,
    lacks: () =>
      (parsers[0]?.lacks() ?? []).filter((sight) => parsers.every((parser) => parser.lacks().includes(sight))),
    async run(sink, signal, { progress } = {}): Promise<SourceReport> {
      const records = new Records(joined, name, sink)
      const open = (input: LogInput): Beside => {
        const parser = createParser()
        return { parser, file: new LogFile(input, signal, records.lines(parser)) }
      }
      const size = [...logs, ...companions].reduce((sum, log) => sum + log.size, 0)
      const beside = companions.map(open)
      const read: LogFile[] = beside.map(({ file }) => file)
      for (const input of logs) {
        const { file } = open(input)
        read.push(file)
        while (!file.ended) {
          await (input.live === true ? unlessSilent(file.step(), () => records.release()) : file.step())
          await catchUp(beside, joined, records.latest)
          records.settle()
          progress?.(
            read.reduce((sum, { done }) => sum + done, 0),
            size,
          )
        }
      }
      records.end()
      for (const { problem } of read) if (problem !== null) records.problems.count(problem)
      const problems = { ...records.problems.toRecord(), ...records.lost() }
      return { bytes: records.bytes, packets: records.packets, truncated: read.some(({ cut }) => cut), problems }
    },
  }
}

/** Milliseconds. */
const SILENT = 1000

/** Waits for `piece`, and calls `silent` when it takes long. */
async function unlessSilent(piece: Promise<void>, silent: () => void): Promise<void> {
  const timer = setTimeout(silent, SILENT)
  try {
    await piece
  } finally {
    clearTimeout(timer)
  }
}

async function catchUp(beside: readonly Beside[], joined: Joined, until: number): Promise<void> {
  for (const { parser, file } of beside) {
    while (!file.ended && (!joined.isFull || parser.time <= until)) await file.step()
  }
}
