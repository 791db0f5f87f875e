import { tunnelName } from '../net/tunnel.ts'
import type { Tunnel } from '../types/flow.ts'
import type { PacketBatch } from '../types/packet.ts'

/** Flows whose tunnel is remembered; of more only what is inside is known. */
const CAP = 65_536

/** The tunnels that flows came in, beside the flow store: few flows have one, and the others pay nothing. */
export class TunnelEnds {
  /** Flows whose tunnel was not kept because there was no room. */
  refused = 0
  readonly #bySlot = new Map<number, Tunnel>()

  /** A flow begins in `slot` with row `row`; `answer` when that was sent by its responder. */
  begin(slot: number, batch: PacketBatch, row: number, answer: boolean): void {
    const tunnel = batch.tunnel[row]!
    if (tunnel === 0) {
      if (this.#bySlot.size > 0) this.#bySlot.delete(slot)
      return
    }
    if (this.#bySlot.size >= CAP && !this.#bySlot.has(slot)) {
      this.refused++
      return
    }
    const address = batch.outer.slice(row * 8, row * 8 + 8)
    if (answer) address.copyWithin(0, 4).set(batch.outer.subarray(row * 8, row * 8 + 4), 4)
    this.#bySlot.set(slot, { kind: tunnelName(tunnel), id: batch.tunnelId[row]!, address })
  }

  of(slot: number): Tunnel | null {
    return this.#bySlot.size === 0 ? null : (this.#bySlot.get(slot) ?? null)
  }

  forget(slot: number): void {
    if (this.#bySlot.size > 0) this.#bySlot.delete(slot)
  }
}
