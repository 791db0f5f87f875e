import type { FrameSink } from '../../types/packet.ts'
import { type CaptureParser, Problems } from './capture.ts'
import { CLASSIC_MAGICS, ClassicParser } from './classic.ts'
import { PCAPNG_MAGIC, PcapngParser } from './pcapng.ts'

/** Room for two of the largest records, and large enough that a read costs little against what it brings. */
const WINDOW = 1024 * 1024

/** What the beginning of an input says it is. */
export type Recognised = 'capture' | 'unknown' | 'too-short'

/** Parses a capture of either format, given in pieces of any size, in one reused buffer. */
export class CaptureReader {
  readonly problems = new Problems()
  readonly #sink: FrameSink
  readonly #window = new Uint8Array(WINDOW)
  /** Bytes at the start of the window not parsed yet. */
  #held = 0
  #parser: CaptureParser | null = null
  recognised: Recognised = 'too-short'

  constructor(sink: FrameSink) {
    this.#sink = sink
  }

  get packets(): number {
    return this.#parser?.packets ?? 0
  }

  /** True when reading on is of no use. */
  get stopped(): boolean {
    return this.recognised === 'unknown' || this.#parser?.stopped === true
  }

  /** True when what was given ends inside a record, or is cut so short that it could still become a capture. */
  get truncated(): boolean {
    if (this.#parser === null) return this.#held > 0 && couldBecomeCapture(this.#window, this.#held)
    return !this.#parser.stopped && !this.#parser.complete
  }

  /** Lets `read` fill the free part of the window, and parses what came; returns the number of bytes, 0 at the end. */
  fill(read: (buffer: Uint8Array, offset: number, length: number) => number): number {
    const count = read(this.#window, this.#held, WINDOW - this.#held)
    this.#held += count
    if (count > 0) this.#parse()
    return count
  }

  /** Parses a piece that lies elsewhere. */
  write(chunk: Uint8Array): void {
    for (let from = 0; from < chunk.length && !this.stopped; ) {
      from += this.fill((buffer, offset, length) => {
        const part = chunk.subarray(from, from + length)
        buffer.set(part, offset)
        return part.length
      })
    }
  }

  #parse(): void {
    if (this.#parser === null && !this.#recognise()) return
    const parsed = this.#parser!.parse(this.#window, 0, this.#held, this.#sink)
    this.#sink.flush()
    this.#window.copyWithin(0, parsed, this.#held)
    this.#held -= parsed
  }

  #recognise(): boolean {
    if (this.#held < 4) return false
    const magic = magicOf(this.#window)
    if (magic === PCAPNG_MAGIC) this.#parser = new PcapngParser(this.problems)
    else if (CLASSIC_MAGICS.includes(magic)) this.#parser = new ClassicParser(magic, this.problems)
    this.recognised = this.#parser === null ? 'unknown' : 'capture'
    return this.#parser !== null
  }
}

/** True when `bytes` begin as a capture of either format does. */
export function isCapture(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false
  const magic = magicOf(bytes)
  return magic === PCAPNG_MAGIC || CLASSIC_MAGICS.includes(magic)
}

function magicOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
}

function couldBecomeCapture(bytes: Uint8Array, length: number): boolean {
  return [PCAPNG_MAGIC, ...CLASSIC_MAGICS].some((magic) => {
    for (let i = 0; i < Math.min(length, 4); i++) if (bytes[i] !== ((magic >>> (24 - 8 * i)) & 255)) return false
    return true
  })
}
