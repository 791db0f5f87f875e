import type { PacketBatch } from '../types/packet.ts'

/** Datagrams remembered; a newer one takes the place of an older one with the same hash. A power of two. */
const SLOTS = 1024
/** Words an entry: both addresses, identification, protocol, ports, ICMP identifier. */
const WORDS = 12
/** Seconds a datagram's fragments may be apart (RFC 791 suggests 15 as the lower bound). */
const LIFETIME = 30

/** Remembers the ports of first fragments, so that later fragments of the datagram join its flow. Fixed memory. */
export class FragmentPorts {
  readonly #entries = new Int32Array(SLOTS * WORDS)
  readonly #times = new Float64Array(SLOTS).fill(Number.NEGATIVE_INFINITY)

  remember(batch: PacketBatch, row: number, id: number): void {
    const slot = slotOf(batch, row, id)
    const entry = slot * WORDS
    for (let i = 0; i < 8; i++) this.#entries[entry + i] = batch.address[row * 8 + i]!
    this.#entries[entry + 8] = id
    this.#entries[entry + 9] = batch.protocol[row]!
    this.#entries[entry + 10] = batch.ports[row]!
    this.#entries[entry + 11] = batch.identifier[row]!
    this.#times[slot] = batch.time[row]!
  }

  /** Fills in ports and identifier when the first fragment was seen. */
  recall(batch: PacketBatch, row: number, id: number): void {
    const slot = slotOf(batch, row, id)
    const entry = slot * WORDS
    if (Math.abs(batch.time[row]! - this.#times[slot]!) > LIFETIME || !this.#matches(entry, batch, row, id)) return
    batch.ports[row] = this.#entries[entry + 10]!
    batch.identifier[row] = this.#entries[entry + 11]!
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
