import type { FrameSink } from '../../types/packet.ts'
import { type CaptureParser, PACKET_MAX, type Problems, RECORD_MAX, ViewCache } from './capture.ts'
import { type Interface, readInterface, secondsOf } from './pcapng-interface.ts'

/** First four bytes, the same in both byte orders. */
export const PCAPNG_MAGIC = 0x0a0d0d0a

const BYTE_ORDER = 0x1a2b3c4d
const SECTION_HEADER = PCAPNG_MAGIC
const INTERFACE_DESCRIPTION = 1
const PACKET = 2
const SIMPLE_PACKET = 3
const ENHANCED_PACKET = 6

/** Type and length before, length after the body. */
const BLOCK_MIN = 12
const SECTION_MIN = 28
const INTERFACE_MIN = 20
const PACKET_MIN = 32
const SIMPLE_PACKET_MIN = 16
/** Wireshark's limit; longer is damage. */
const BLOCK_MAX = 16 * 1024 * 1024
/** Epoch seconds of the year 10889: later is damage. */
const TIME_MAX = 2 ** 48 / 1000
/** Interfaces kept per section; packets of later ones are counted and passed over. */
const INTERFACES_MAX = 4096

/** pcapng (draft-ietf-opsawg-pcapng): both byte orders, any number of sections and interfaces, all three packet blocks. */
export class PcapngParser implements CaptureParser {
  packets = 0
  stopped = false
  complete = false
  readonly #problems: Problems
  readonly #views = new ViewCache()
  #littleEndian = true
  #interfaces: Interface[] = []
  /** Bytes left of a block that is passed over. */
  #skip = 0
  /** Time of the last packet that had one: simple packet blocks have none. */
  #time = 0

  constructor(problems: Problems) {
    this.#problems = problems
  }

  parse(buffer: Uint8Array, from: number, to: number, sink: FrameSink): number {
    const view = this.#views.of(buffer)
    let at = from
    while (!this.stopped) {
      if (this.#skip > 0) {
        const passed = Math.min(this.#skip, to - at)
        this.#skip -= passed
        at += passed
      }
      const next = this.#readBlock(buffer, view, at, to, sink)
      if (next === at) break
      at = next
    }
    this.complete = at === to && this.#skip === 0
    return at
  }

  /** Where the next block starts; `at` again when this one is not all there. */
  #readBlock(buffer: Uint8Array, view: DataView, at: number, to: number, sink: FrameSink): number {
    if (to - at < BLOCK_MIN) return at
    const type = view.getUint32(at, this.#littleEndian)
    if (type === SECTION_HEADER && !this.#readByteOrder(view, at)) return at
    const length = view.getUint32(at + 4, this.#littleEndian)
    if (length < BLOCK_MIN || length > BLOCK_MAX || length % 4 !== 0) return this.#stop('bad-block-length', at)
    if (!isInterpreted(type) || length > RECORD_MAX) {
      if (isInterpreted(type)) this.#problems.count('block-too-long')
      this.#skip = length
      return at + this.#skipWithin(to - at)
    }
    if (to - at < length) return at
    if (view.getUint32(at + length - 4, this.#littleEndian) !== length) return this.#stop('bad-block-length', at)
    this.#interpret(type, buffer, view, at, length, sink)
    return this.stopped ? at : (at + length) | 0
  }

  #skipWithin(available: number): number {
    const passed = Math.min(this.#skip, available)
    this.#skip -= passed
    return passed
  }

  #interpret(type: number, buffer: Uint8Array, view: DataView, at: number, length: number, sink: FrameSink): void {
    switch (type) {
      case ENHANCED_PACKET:
        this.#readPacket(view.getUint32(at + 8, this.#littleEndian), buffer, view, at, length, sink)
        break
      case PACKET:
        this.#readPacket(view.getUint16(at + 8, this.#littleEndian), buffer, view, at, length, sink)
        break
      case SIMPLE_PACKET:
        this.#readSimplePacket(buffer, view, at, length, sink)
        break
      case INTERFACE_DESCRIPTION:
        if (length < INTERFACE_MIN) this.#problems.count('bad-interface-block')
        else if (this.#interfaces.length === INTERFACES_MAX) this.#problems.count('too-many-interfaces')
        else this.#interfaces.push(readInterface(view, at + 8, at + length - 4, this.#littleEndian))
        break
      case SECTION_HEADER:
        this.#readSection(view, at, length)
    }
  }

  #readByteOrder(view: DataView, at: number): boolean {
    const big = view.getUint32(at + 8)
    this.#littleEndian = view.getUint32(at + 8, true) === BYTE_ORDER
    if (this.#littleEndian || big === BYTE_ORDER) return true
    this.#stop('bad-byte-order', at)
    return false
  }

  #readSection(view: DataView, at: number, length: number): void {
    const major = length < SECTION_MIN ? 0 : view.getUint16(at + 12, this.#littleEndian)
    const minor = length < SECTION_MIN ? 0 : view.getUint16(at + 14, this.#littleEndian)
    this.#interfaces = []
    if (major !== 1 || (minor !== 0 && minor !== 2)) this.#stop('unsupported-pcapng-version', at)
  }

  /** Enhanced Packet Block and the obsolete Packet Block: they differ in how the interface is written. */
  #readPacket(id: number, buffer: Uint8Array, view: DataView, at: number, length: number, sink: FrameSink): void {
    const source = this.#interfaces[id]
    const captured = length < PACKET_MIN ? PACKET_MAX + 1 : view.getUint32(at + 20, this.#littleEndian)
    if (!this.#isUsable(source, captured, length - PACKET_MIN)) return
    const high = view.getUint32(at + 12, this.#littleEndian)
    const low = view.getUint32(at + 16, this.#littleEndian)
    this.#setTime(secondsOf(source, high, low))
    sink.frame(buffer, at + 28, captured | 0, view.getUint32(at + 24, this.#littleEndian), this.#time, source.link)
    this.packets++
  }

  #readSimplePacket(buffer: Uint8Array, view: DataView, at: number, length: number, sink: FrameSink): void {
    const source = this.#interfaces[0]
    const onWire = length < SIMPLE_PACKET_MIN ? PACKET_MAX + 1 : view.getUint32(at + 8, this.#littleEndian)
    const captured = Math.min(onWire, source?.snapLength || onWire)
    if (!this.#isUsable(source, captured, length - SIMPLE_PACKET_MIN)) return
    sink.frame(buffer, at + 12, captured | 0, onWire, this.#time, source.link)
    this.packets++
  }

  /** Keeps the time of the packet before in place of one that cannot be. */
  #setTime(time: number): void {
    if (time >= 0 && time < TIME_MAX) this.#time = time
    else this.#problems.count('bad-timestamp')
  }

  #isUsable(source: Interface | undefined, captured: number, room: number): source is Interface {
    if (source === undefined) this.#problems.count('unknown-interface')
    else if (captured > PACKET_MAX || captured > room) this.#problems.count('bad-packet-length')
    else return true
    return false
  }

  #stop(problem: string, at: number): number {
    this.#problems.count(problem)
    this.stopped = true
    return at
  }
}

function isInterpreted(type: number): boolean {
  return (
    type === ENHANCED_PACKET ||
    type === SIMPLE_PACKET ||
    type === INTERFACE_DESCRIPTION ||
    type === SECTION_HEADER ||
    type === PACKET
  )
}
