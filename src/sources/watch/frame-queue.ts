import type { FrameSink, LinkType } from '../../types/packet.ts'

export interface FrameQueueOptions {
  /** Frames and bytes held at most. */
  frames?: number
  bytes?: number
}

/** Bytes of the snap length watched by default, times as many frames. */
const FRAMES = 65_536
const BYTES = FRAMES * 256

/**
 * Frames that were read and wait to be judged. What does not fit is dropped and counted, so that reading never waits for
 * judging: every frame given is either handed on or counted in `dropped`.
 */
export class FrameQueue implements FrameSink {
  /** Frames given, and of those the ones there was no room for. */
  taken = 0
  dropped = 0
  size = 0
  readonly #frames: number
  readonly #buffer: Uint8Array
  readonly #offset: Int32Array
  readonly #captured: Int32Array
  readonly #length: Float64Array
  readonly #time: Float64Array
  readonly #link: Int32Array
  /** Index of the oldest frame, and where in the buffer the next one goes. */
  #head = 0
  #at = 0

  constructor({ frames = FRAMES, bytes = BYTES }: FrameQueueOptions = {}) {
    this.#frames = frames
    this.#buffer = new Uint8Array(bytes)
    this.#offset = new Int32Array(frames)
    this.#captured = new Int32Array(frames)
    this.#length = new Float64Array(frames)
    this.#time = new Float64Array(frames)
    this.#link = new Int32Array(frames)
  }

  frame(buffer: Uint8Array, offset: number, captured: number, length: number, time: number, link: LinkType): void {
    this.taken++
    const at = this.#room(captured)
    if (at < 0) {
      this.dropped++
      return
    }
    // Packets are small: a loop is faster than making a view to copy from.
    for (let i = 0; i < captured; i++) this.#buffer[at + i] = buffer[offset + i]!
    let slot = this.#head + this.size
    if (slot >= this.#frames) slot -= this.#frames
    this.#offset[slot] = at
    this.#captured[slot] = captured
    this.#length[slot] = length
    this.#time[slot] = time
    this.#link[slot] = link
    this.#at = at + captured
    this.size++
  }

  flush(): void {}

  /** Hands on the oldest frames, at most `max`. */
  drain(sink: FrameSink, max: number): void {
    const count = Math.min(max, this.size)
    for (let n = 0; n < count; n++) {
      const slot = this.#head
      sink.frame(
        this.#buffer,
        this.#offset[slot]!,
        this.#captured[slot]!,
        this.#length[slot]!,
        this.#time[slot]!,
        this.#link[slot]!,
      )
      this.#head = slot + 1 === this.#frames ? 0 : slot + 1
      this.size--
    }
    if (count > 0) sink.flush()
    // Starting over keeps a queue that is rarely long in the cache, and out of memory it never needed.
    if (this.size === 0) this.#at = 0
  }

  /** Where `bytes` fit in one piece, -1 when they do not. */
  #room(bytes: number): number {
    if (this.size === this.#frames) return -1
    const end = this.#buffer.length
    if (this.size === 0) return bytes <= end ? 0 : -1
    const oldest = this.#offset[this.#head]!
    if (this.#at > oldest) {
      if (this.#at + bytes <= end) return this.#at
      return bytes < oldest ? 0 : -1
    }
    return this.#at + bytes < oldest ? this.#at : -1
  }
}
