import { PROTOCOL } from '../net/flow-record.ts'
import { FRAGMENT } from '../net/packet-batch.ts'
import { type PayloadReader, READING } from '../net/payload-reader.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { PacketBatch } from '../types/packet.ts'
import type { FlowMemory } from './accumulate.ts'
import { COUNT, FORWARD, READING_MASK, READING_SHIFT, REVERSE, STATE, WORD, WORD_SHIFT } from './layout.ts'

const UNRECOGNISED = READING.unrecognised << READING_SHIFT
const RECOGNISED = READING.recognised << READING_SHIFT

/** What a flow is asked at first: its payload, where it has a transport that can have one. */
export function readingOf(protocol: number): number {
  return protocol === PROTOCOL.tcp || protocol === PROTOCOL.udp ? READING.goesOn << READING_SHIFT : 0
}

/** Lets a reader look at the payloads of the flows it has not done with, whose word `kind` is negative. */
export class Application {
  readonly #words: Int32Array
  readonly #reader: PayloadReader

  constructor(memory: FlowMemory, reader: PayloadReader) {
    this.#words = memory.words
    this.#reader = reader
  }

  /** Row `row` was added to the flow in `slot`, which is still being read. */
  read(slot: number, forward: boolean, batch: PacketBatch, row: number): void {
    if (batch.payloadCaptured[row] === 0 || (batch.fragment[row]! & FRAGMENT.later) !== 0) return
    const base = slot << WORD_SHIFT
    const packet = this.#words[base + 2 * (forward ? FORWARD : REVERSE) + COUNT.packets]!
    const reading = this.#reader.read(slot, batch, row, forward, packet)
    this.#words[base + WORD.kind] = (this.#words[base + WORD.kind]! & ~READING_MASK) | (reading << READING_SHIFT)
  }

  /** Says in `record`, which is otherwise complete, what was read; what was joined midway may well be unrecognised. */
  describe(slot: number, record: FlowRecord): void {
    const base = slot << WORD_SHIFT
    const kind = this.#words[base + WORD.kind]!
    record.names = null
    if ((kind & RECOGNISED) !== 0) {
      record.service = this.#reader.service(slot, record.service)
      record.names = this.#reader.names(slot)
    } else if ((kind & UNRECOGNISED) !== 0) {
      const whole = record.protocol !== PROTOCOL.tcp || (this.#words[base + WORD.state]! & STATE.openedBySyn) !== 0
      if (whole) record.service = this.#reader.unrecognisedService(record.service)
    }
    const remoteName = this.#reader.remoteName(record)
    if (remoteName !== '') record.names = { ...record.names, remoteName }
  }

  forget(slot: number): void {
    if ((this.#words[(slot << WORD_SHIFT) + WORD.kind]! & RECOGNISED) !== 0) this.#reader.forget(slot)
  }
}
