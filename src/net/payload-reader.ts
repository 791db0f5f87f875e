import type { FlowNames, FlowRecord } from '../types/flow.ts'
import type { PacketBatch } from '../types/packet.ts'

/** Bits of what `PayloadReader.read` answers. */
export const READING = {
  /** What was read so far is of no protocol the reader knows. */
  unrecognised: 1,
  /** It is of one, and the reader remembers the flow. */
  recognised: 2,
  /** Later payloads may tell more. */
  goesOn: 4,
} as const

/** Reads the application layer for a flow table, which numbers its flows by slot. */
export interface PayloadReader {
  /** Reads row `row`, the `packet`th of its direction; returns `READING` bits. Never throws on content, keeps no bytes of the batch. */
  read(slot: number, batch: PacketBatch, row: number, forward: boolean, packet: number): number
  /** The service of a recognised flow, given the one its port stands for. */
  service(slot: number, byPort: string): string
  /** The same for a flow whose content was not recognised. */
  unrecognisedService(byPort: string): string
  /** What was read of a recognised flow since the last call; what still holds is told each time, counts start anew. */
  names(slot: number): FlowNames | null
  /** The name by which the flow's originator was told its responder's address; `''` when none is known. */
  remoteName(record: FlowRecord): string
  /** A recognised flow is over. */
  forget(slot: number): void
  counters(): Record<string, number>
}

/** Reads nothing: every service is told by its port. */
export const NO_PAYLOAD_READER: PayloadReader = {
  read: () => 0,
  service: (_slot, byPort) => byPort,
  unrecognisedService: (byPort) => byPort,
  names: () => null,
  remoteName: () => '',
  forget: () => {},
  counters: () => ({}),
}
