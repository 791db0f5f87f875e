import type { FrameSink } from '../../types/packet.ts'

/** No packet is larger: what tcpdump and Wireshark allow. A record that claims more is a lie, or not where we think it is. */
export const PACKET_MAX = 262_144

/** Counts by reason of what could not be used. */
export class Problems {
  readonly #counts = new Map<string, number>()

  count(reason: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1)
  }

  toRecord(): Record<string, number> {
    return Object.fromEntries(this.#counts)
  }
}

/** Reads one capture format from whatever pieces its bytes come in. */
export interface CaptureParser {
  /** Packets handed on so far. */
  readonly packets: number
  /** True after damage that hides where the next record starts: nothing more can be read. */
  readonly stopped: boolean
  /** True when the bytes so far end between two records. */
  readonly complete: boolean
  /**
   * Hands on the packets in `buffer[from .. to)` and returns how far it got. What is left is the beginning of a record, at
   * most `RECORD_MAX` long: present it again with more behind it.
   */
  parse(buffer: Uint8Array, from: number, to: number, sink: FrameSink): number
}

/** Bytes a parser may ask to see at once; a larger record is passed over piece by piece. */
export const RECORD_MAX = 524_288

/** The view of `buffer`, made anew only when it is another buffer than last time. */
export class ViewCache {
  #buffer: Uint8Array | null = null
  #view: DataView = new DataView(new ArrayBuffer(0))

  of(buffer: Uint8Array): DataView {
    if (buffer !== this.#buffer) {
      this.#buffer = buffer
      this.#view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    }
    return this.#view
  }
}
