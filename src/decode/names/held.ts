import type { Payload } from './payload.ts'

/** Bytes of a stream held until what a reader wants is whole, and streams held at once. */
const BYTES_MAX = 4096
const STREAMS_MAX = 1024

interface Start {
  readonly bytes: Uint8Array
  readonly forward: boolean
  length: number
}

/** Holds the start of what is split over several segments, taken as they come: fixed memory, no reordering. */
export class Held {
  /** Starts that were not held because there was no room. */
  refused = 0
  readonly #starts = new Map<number, Start>()

  /** Lets `payload` begin with the bytes held for its direction of the flow in `slot`; false when none are. */
  prepend(slot: number, payload: Payload): boolean {
    const start = this.#starts.get(slot)
    if (start === undefined || start.forward !== payload.forward) return false
    append(start, payload)
    payload.bytes = start.bytes
    payload.at = 0
    payload.end = start.length
    return true
  }

  /** Holds the bytes of `payload`; false when there is no room. */
  hold(slot: number, payload: Payload): boolean {
    const start = this.#starts.get(slot)
    if (start !== undefined && start.bytes === payload.bytes) return this.#keepFrom(slot, start, payload.at)
    if (this.#starts.size >= STREAMS_MAX && start === undefined) {
      this.refused++
      return false
    }
    const held = { bytes: new Uint8Array(BYTES_MAX), forward: payload.forward, length: 0 }
    append(held, payload)
    this.#starts.set(slot, held)
    return true
  }

  forget(slot: number): void {
    this.#starts.delete(slot)
  }

  #keepFrom(slot: number, start: Start, at: number): boolean {
    start.bytes.copyWithin(0, at, start.length)
    start.length -= at
    if (start.length < BYTES_MAX) return true
    this.#starts.delete(slot)
    return false
  }
}

function append(start: Start, { bytes, at, end }: Payload): void {
  const length = Math.min(end - at, BYTES_MAX - start.length)
  for (let i = 0; i < length; i++) start.bytes[start.length + i] = bytes[at + i]!
  start.length += length
}
