import type { Clock } from '../types/clock.ts'
import { createFileSource } from './detect.ts'
import { createSimulator } from './simulator/simulator.ts'
import type { Source } from './source.ts'

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
  pcap: ({ files }: SourceRequest): Source[] => files.map((path) => createFileSource({ path })),
} as const

export type SourceKind = keyof typeof SOURCES
