/** What is kept of a flow until it may be learned from. Reused: valid during the call. */
export interface Delayed {
  /** Epoch seconds of the flow's last packet. */
  time: number
  readonly address: Int32Array
  readonly features: Float64Array
  readonly bins: Uint8Array
  /** Whatever else is to be known of it by then. */
  readonly note: Int32Array
}

/**
 * Holds flows back from learning, so that an attack noticed a little later is not learned as normal. Full, it keeps every
 * second of what it holds and takes every second of what comes: an even sample, however fast traffic is.
 */
export interface DelayQueue {
  push(time: number, address: Int32Array, features: Float64Array, bins: Uint8Array, note: Int32Array): void
  /** Hands over, oldest first, what came at or before `time`. */
  release(time: number, take: (delayed: Delayed) => void): void
  readonly bytes: number
  counters(): Record<string, number>
}

/** `capacity` flows of `width` features, which are kept to 32 bits, `bins` bins and a note of `words` words. */
export function createDelayQueue(capacity: number, width: number, bins: number, words: number): DelayQueue {
  const times = new Float64Array(capacity)
  const addresses = new Int32Array(capacity * 8)
  const features = new Float32Array(capacity * width)
  const binned = new Uint8Array(capacity * bins)
  const notes = new Int32Array(capacity * words)
  const delayed: Delayed & { address: Int32Array } = {
    time: 0,
    address: new Int32Array(8),
    features: new Float64Array(width),
    bins: new Uint8Array(bins),
    note: new Int32Array(words),
  }
  let head = 0
  let size = 0
  let stride = 1
  let offered = 0
  let thinned = 0

  const move = (from: number, to: number): void => {
    times[to] = times[from]!
    addresses.copyWithin(to * 8, from * 8, from * 8 + 8)
    features.copyWithin(to * width, from * width, from * width + width)
    binned.copyWithin(to * bins, from * bins, from * bins + bins)
    notes.copyWithin(to * words, from * words, from * words + words)
  }

  const halve = (): void => {
    const kept = size >> 1
    for (let i = 0; i < kept; i++) move((head + 2 * i) % capacity, (head + i) % capacity)
    thinned += size - kept
    size = kept
    stride *= 2
  }

  /** Copies what `column` holds of the oldest flow. */
  const pick = (column: ArrayLike<number>, to: Int32Array | Float64Array | Uint8Array): void => {
    for (let i = 0; i < to.length; i++) to[i] = column[head * to.length + i]!
  }

  return {
    push(time, address, row, bin, note) {
      if (offered++ % stride !== 0) {
        thinned++
        return
      }
      if (size === capacity) halve()
      const slot = (head + size++) % capacity
      times[slot] = time
      addresses.set(address, slot * 8)
      features.set(row, slot * width)
      binned.set(bin, slot * bins)
      notes.set(note, slot * words)
    },
    release(time, take) {
      while (size > 0 && times[head]! <= time) {
        delayed.time = times[head]!
        pick(addresses, delayed.address)
        pick(features, delayed.features)
        pick(binned, delayed.bins)
        pick(notes, delayed.note)
        head = (head + 1) % capacity
        size--
        take(delayed)
      }
      if (stride > 1 && size < capacity / 4) stride /= 2
    },
    bytes: times.byteLength + addresses.byteLength + features.byteLength + binned.byteLength + notes.byteLength,
    counters: () => ({ waiting: size, thinned }),
  }
}
