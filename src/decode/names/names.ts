import { type PayloadReader, READING } from '../../net/payload-reader.ts'
import type { FlowNames, FlowRecord } from '../../types/flow.ts'
import type { PacketBatch } from '../../types/packet.ts'
import { type Conversation, WANTS } from './conversation.ts'
import { Held } from './held.ts'
import { Payload } from './payload.ts'
import { recognise, unrecognisedService } from './recognise.ts'

export interface NamesOptions {
  /** Flows read at once; of more nothing is read, which is counted. */
  cap?: number
  /** Makes hash collisions impossible to choose. */
  seed?: number
}

const CAP = 65_536
/** Packets of one direction until a flow whose protocol was not recognised is given up. */
const PACKETS_MAX = 6

/** Reads names off the payloads of flows: recognises the protocol by content, then lets its conversation read. */
export function createNames(options: NamesOptions = {}): PayloadReader {
  return new Names(options.cap ?? CAP, options.seed ?? 1)
}

class Names implements PayloadReader {
  readonly #cap: number
  readonly #conversations: (Conversation | null)[] = []
  readonly #payload: Payload
  readonly #held = new Held()
  #waiting = new Uint8Array(1024)
  #open = 0
  #read = 0
  #refused = 0

  constructor(cap: number, seed: number) {
    this.#cap = cap
    this.#payload = new Payload(seed)
  }

  read(slot: number, batch: PacketBatch, row: number, forward: boolean, packet: number): number {
    const payload = this.#payload
    payload.set(batch, row, forward)
    if (slot >= this.#conversations.length) this.#grow(slot)
    let conversation = this.#conversations[slot] ?? null
    if (conversation === null) {
      conversation = recognise(payload)
      if (conversation === null) return unrecognised(payload, packet)
      if (!this.#keep(slot, conversation)) return 0
    }
    return this.#advance(slot, conversation, payload)
  }

  service(slot: number, byPort: string): string {
    return this.#conversations[slot]?.service(byPort) ?? byPort
  }

  unrecognisedService(byPort: string): string {
    return unrecognisedService(byPort)
  }

  names(slot: number): FlowNames | null {
    return this.#conversations[slot]?.names() ?? null
  }

  remoteName({ address, opened, last }: FlowRecord): string {
    return this.#payload.resolved.find(address, opened, last)
  }

  forget(slot: number): void {
    if (!this.#conversations[slot]) return
    this.#conversations[slot] = null
    this.#open--
    this.#release(slot)
  }

  counters(): Record<string, number> {
    return {
      open: this.#open,
      read: this.#read,
      refused: this.#refused,
      'refused-starts': this.#held.refused,
      'refused-quic': this.#payload.quic.refused,
      'evicted-answers': this.#payload.resolved.evicted,
    }
  }

  #advance(slot: number, conversation: Conversation, payload: Payload): number {
    const joined = this.#waiting[slot] === 1 && this.#held.prepend(slot, payload)
    const wants = conversation.read(payload)
    if (wants === WANTS.rest) this.#waiting[slot] = this.#held.hold(slot, payload) ? 1 : 0
    else if (joined) this.#release(slot)
    return wants === WANTS.nothing ? READING.recognised : READING.recognised | READING.goesOn
  }

  #release(slot: number): void {
    if (this.#waiting[slot] === 0) return
    this.#waiting[slot] = 0
    this.#held.forget(slot)
  }

  #keep(slot: number, conversation: Conversation): boolean {
    if (this.#open === this.#cap) {
      this.#refused++
      return false
    }
    this.#conversations[slot] = conversation
    this.#open++
    this.#read++
    return true
  }

  #grow(slot: number): void {
    while (this.#conversations.length <= slot * 2) this.#conversations.push(null)
    const waiting = new Uint8Array(this.#conversations.length)
    waiting.set(this.#waiting.subarray(0, waiting.length))
    this.#waiting = waiting
  }
}

/**
 * Datagrams say at once what they are; a stream may only do so when the other side speaks. What was not captured whole
 * proves nothing.
 */
function unrecognised(payload: Payload, packet: number): number {
  if (!payload.tcp) return payload.isOn(53) && payload.whole ? READING.unrecognised : 0
  const goesOn = packet < PACKETS_MAX ? READING.goesOn : 0
  return payload.whole ? goesOn | READING.unrecognised : goesOn
}
