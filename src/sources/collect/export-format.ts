import type { PacketBatch } from '../../types/packet.ts'
import type { Exporter, Exporters } from './exporters.ts'
import type { HalfFlow } from './half-flow.ts'

/** One datagram as it came. */
export interface Datagram {
  bytes: Uint8Array
  exporter: Exporter
  /** When it came, epoch seconds. */
  time: number
}

/** Turns frames into rows, as the decoder of captures does. */
export interface FrameDecoder {
  readonly batch: PacketBatch
  decode(buffer: Uint8Array, offset: number, captured: number, length: number, time: number, link: number): boolean
  clear(): void
}

/** What a reader of export datagrams works with. */
export interface ReaderOptions {
  exporters: Exporters
  count(reason: string, by?: number): void
  /** Takes a flow of an exporter; only valid during the call. */
  take(half: HalfFlow, exporter: Exporter): void
  /** Takes the first bytes of a packet, one of `rate`. */
  sample(piece: FramePiece, exporter: Exporter): void
}

/** The first bytes of a sampled packet. */
export interface FramePiece {
  bytes: Uint8Array
  at: number
  captured: number
  /** On the wire. */
  length: number
  link: number
  time: number
  rate: number
}

/** Reads the datagrams of one protocol. Never throws on content. */
export interface ExportReader {
  read(datagram: Datagram): void
  /** It is `time`, epoch seconds: what was held too long is given up. */
  expire(time: number): void
  /** All that is known of an exporter may be forgotten. */
  forget(exporter: Exporter): void
}

/** A protocol in which devices export flows. */
export interface ExportFormat {
  readonly name: string
  /** Whether a datagram speaks it. */
  recognises(bytes: Uint8Array): boolean
  createReader(options: ReaderOptions): ExportReader
}
