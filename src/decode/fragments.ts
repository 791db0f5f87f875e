import type { PacketBatch } from '../types/packet.ts'

/** Datagrams remembered; a newer one takes the place of an older one with the same hash. A power of two. */
const SLOTS = 1024
/** Words an entry: both addresses, identification, protocol, ports, ICMP identifier. */
const WORDS = 12
/** Seconds a datagram's fragments may be apart (RFC 791 suggests 15 as the lower bound). */
const LIFETIME = 30
/** Fragments of one batch that wait for their first one. */
const ORPHANS_MAX = 32

/** Remembers the ports of first fragments, so that later fragments of the datagram join its flow. Fixed memory. */
export class FragmentPorts {
  readonly #entries = new Int32Array(SLOTS * WORDS)
  readonly #times = new Float64Array(SLOTS).fill(Number.NEGATIVE_INFINITY)
  /** Rows of the batch whose first fragment has not come yet, and their identifications. */
  readonly #orphans = new Int32Array(ORPHANS_MAX)
  readonly #orphanIds = new Int32Array(ORPHANS_MAX)
  #orphanCount = 0

  remember(batch: PacketBatch, row: number, id: number): void {
    const slot = slotOf(batch, row, id)
    const entry = slot * WORDS
    for (let i = 0; i < 8; i++) this.#entries[entry + i] = batch.address[row * 8 + i]!
    this.#entries[entry + 8] = id
    this.#entries[entry + 9] = batch.protocol[row]!
    this.#entries[entry + 10] = batch.ports[row]!
    this.#entries[entry + 11] = batch.identifier[row]!
    this.#times[slot] = batch.time[row]!
    if (this.#orphanCount > 0) this.#adopt(entry, batch)
  }

  /** Fills in ports and identifier when the first fragment was seen. */
  recall(batch: PacketBatch, row: number, id: number): void {
    const slot = slotOf(batch, row, id)
    const entry = slot * WORDS
    if (Math.abs(batch.time[row]! - this.#times[slot]!) > LIFETIME || !this.#matches(entry, batch, row, id)) {
      this.#leave(row, id)
      return
    }
    batch.ports[row] = this.#entries[entry + 10]!
    batch.identifier[row] = this.#entries[entry + 11]!
  }

  /** The rows of the batch are gone: whoever waits in it for its first fragment does so in vain. */
  forgetRows(): void {
    this.#orphanCount = 0
  }

  #leave(row: number, id: number): void {
    if (this.#orphanCount === ORPHANS_MAX) return
    this.#orphans[this.#orphanCount] = row
    this.#orphanIds[this.#orphanCount++] = id
  }

  /** The first fragment came after others: those of this batch get its ports too. */
  #adopt(entry: number, batch: PacketBatch): void {
    for (let i = 0; i < this.#orphanCount; i++) {
      const row = this.#orphans[i]!
      if (!this.#matches(entry, batch, row, this.#orphanIds[i]!)) continue
      batch.ports[row] = this.#entries[entry + 10]!
      batch.identifier[row] = this.#entries[entry + 11]!
    }
  }

  #matches(entry: number, batch: PacketBatch, row: number, id: number): boolean {
    for (let i = 0; i < 8; i++) if (this.#entries[entry + i] !== batch.address[row * 8 + i]) return false
    return this.#entries[entry + 8] === (id | 0) && this.#entries[entry + 9] === batch.protocol[row]
  }
}

function slotOf(batch: PacketBatch, row: number, id: number): number {
  let hash = id ^ batch.protocol[row]!
  for (let i = 0; i < 8; i++) hash = Math.imul(hash ^ batch.address[row * 8 + i]!, 0x9e3779b1)
  return (hash ^ (hash >>> 15)) & (SLOTS - 1)
}
