import type { PacketBatch } from '../types/packet.ts'

/** The row as it was before a tunnel in it was opened, for when what is inside cannot be decoded. */
export class Carrier {
  readonly #address = new Int32Array(8)
  #at = 0
  #end = 0
  #wireEnd = 0
  #protocol = 0
  #ports = 0
  #fragment = 0
  #length = 0
  #ttl = 0
  #vlan = 0
  #srcMacAt = -1
  #dstMacAt = -1
  #fragmentId = 0

  get at(): number {
    return this.#at
  }

  get end(): number {
    return this.#end
  }

  get wireEnd(): number {
    return this.#wireEnd
  }

  get fragmentId(): number {
    return this.#fragmentId
  }

  /** Keeps the row, and where its payload is. */
  keep(batch: PacketBatch, row: number, at: number, end: number, wireEnd: number, fragmentId: number): void {
    this.#at = at
    this.#end = end
    this.#wireEnd = wireEnd
    this.#fragmentId = fragmentId
    for (let i = 0; i < 8; i++) this.#address[i] = batch.address[row * 8 + i]!
    this.#protocol = batch.protocol[row]!
    this.#ports = batch.ports[row]!
    this.#fragment = batch.fragment[row]!
    this.#length = batch.length[row]!
    this.#ttl = batch.ttl[row]!
    this.#vlan = batch.vlan[row]!
    this.#srcMacAt = batch.srcMacAt[row]!
    this.#dstMacAt = batch.dstMacAt[row]!
  }

  /** Makes the row what it was. */
  restore(batch: PacketBatch, row: number): void {
    batch.address.set(this.#address, row * 8)
    batch.protocol[row] = this.#protocol
    batch.ports[row] = this.#ports
    batch.identifier[row] = 0
    batch.flags[row] = 0
    batch.fragment[row] = this.#fragment
    batch.length[row] = this.#length
    batch.ttl[row] = this.#ttl
    batch.vlan[row] = this.#vlan
    batch.srcMacAt[row] = this.#srcMacAt
    batch.dstMacAt[row] = this.#dstMacAt
  }
}
