import type { Clock } from '../types/clock.ts'
import type { Sight } from '../types/sight.ts'
import { BINETFLOW } from './binetflow/binetflow.ts'
import { createFileSource, type FileKinds } from './detect.ts'
import type { FlowLogFormat } from './flow-log/format.ts'
import { createPcapSource } from './pcap/pcap.ts'
import { createSimulator } from './simulator/simulator.ts'
import type { Source } from './source.ts'
import { ZEEK } from './zeek/zeek.ts'

/** Kinds of flow logs that are understood. */
const LOGS: readonly FlowLogFormat[] = [ZEEK, BINETFLOW]

/** What a file may be; its content decides. */
export const FILE_KINDS: FileKinds = { capture: createPcapSource, logs: LOGS }

/** What each kind of input lacks at worst: a log that has only the columns without which it cannot be read. */
export const LACKS: ReadonlyMap<string, readonly Sight[]> = new Map([
  ['simulator', []],
  ['pcap', []],
  ...LOGS.map(({ kind, createParser }) => [kind, createParser().lacks()] as const),
])

/** What a source may be told; each takes what concerns it. */
export interface SourceRequest {
  seed: number
  clock: Clock
  /** Captures or logs of flows, in order; `-` is standard input. */
  files: readonly string[]
  simulator: { rate: number; scenario: string }
}

/** Every kind of source by name: from a request, the sources to run one after another. */
export const SOURCES = {
  simulator: ({ seed, clock, simulator }: SourceRequest): Source[] => [
    createSimulator({ seed, clock, start: Math.floor(clock.now()), ...simulator }),
  ],
  pcap: ({ files }: SourceRequest): Source[] => files.map((path) => createFileSource({ path, kinds: FILE_KINDS })),
} as const

export type SourceKind = keyof typeof SOURCES
