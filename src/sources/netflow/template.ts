import { u16, unsigned, word } from '../collect/octets.ts'
import { SECTION_LENGTH, SLOT, SLOTS, slotOf } from './elements.ts'

/** Length of a field that says its own length (RFC 7011, 7). */
const VARIABLE = 0xffff
/** Fields a template may have; no exporter known comes near it. */
export const FIELDS_MAX = 1024
/** Set in the first byte of an element that an enterprise defined. */
const ENTERPRISE = 0x80
const V4_MAPPED = 0xffff
/** Seconds from 1900, where NTP begins, to 1970. */
const NTP_TO_EPOCH = 2_208_988_800

/** Why a template cannot be used. */
export type TemplateFault = 'bad-template' | 'empty-template' | 'template-too-long'

export interface TemplateShape {
  /** Fields there are. */
  count: number
  /** So many first ones are no information elements. */
  scopes: number
  options: boolean
  enterprises: boolean
}

/** The values of one record; reused for all. An element the template lacks is 0. */
export class RecordValues {
  readonly numbers = new Float64Array(SLOTS)
  /** Source and destination, four words each. */
  readonly address = new Int32Array(8)

  clear(): void {
    this.numbers.fill(0)
    this.address.fill(0)
  }
}

/** How to read the records of one template: what is not wanted is one skip, whatever the number of fields. */
export class Template {
  /** Options records describe the exporter, not traffic. */
  readonly options: boolean
  /** Bytes of a record at least. */
  readonly lengthMin: number
  /** Elements there are. */
  readonly has: Uint8Array
  readonly #slots: Uint8Array
  readonly #lengths: Uint16Array
  readonly #variable: boolean

  private constructor(options: boolean, slots: readonly number[], lengths: readonly number[]) {
    this.options = options
    this.#slots = Uint8Array.from(slots)
    this.#lengths = Uint16Array.from(lengths)
    this.#variable = lengths.includes(VARIABLE)
    this.lengthMin = lengths.reduce((sum, length) => sum + (length === VARIABLE ? 1 : length), 0)
    this.has = new Uint8Array(SLOTS)
    for (const slot of slots) this.has[slot] = 1
  }

  get hasAddresses(): boolean {
    const { has } = this
    const source = has[SLOT.sourceIPv4Address]! | has[SLOT.sourceIPv6Address]!
    return (source & (has[SLOT.destinationIPv4Address]! | has[SLOT.destinationIPv6Address]!)) === 1
  }

  /** Whether a record holds the head of a packet. */
  get hasSection(): boolean {
    return (this.has[SLOT.dataLinkFrameSection]! | this.has[SLOT.ipHeaderPacketSection]!) !== 0
  }

  /** Bytes of memory it takes, roughly. */
  get cost(): number {
    return 512 + 3 * this.#slots.length
  }

  /**
   * Compiles `count` field specifiers at `at`, in four bytes each, or eight where `enterprises` may be named. Says where
   * they end, at most `end`, or what is wrong with them.
   */
  static compile(
    bytes: Uint8Array,
    at: number,
    end: number,
    { count, scopes, options, enterprises }: TemplateShape,
  ): { template: Template | TemplateFault; at: number } {
    const slots: number[] = []
    const lengths: number[] = []
    let next = at
    for (let field = 0; field < count; field++) {
      const size = enterprises && bytes[next]! >= ENTERPRISE ? 8 : 4
      if (next + size > end) return { template: 'bad-template', at: end }
      if (field < FIELDS_MAX) appendField(slots, lengths, bytes, next, field < scopes ? 0 : size)
      next += size
    }
    if (count > FIELDS_MAX) return { template: 'template-too-long', at: next }
    const template = new Template(options, slots, lengths)
    return { template: template.lengthMin === 0 ? 'empty-template' : template, at: next }
  }

  /** Reads the record at `at` into `values`, and returns where the next begins; -1 when it reaches beyond `end`. */
  read(bytes: Uint8Array, at: number, end: number, values: RecordValues): number {
    if (this.#variable) return this.#readVariable(bytes, at, end, values)
    const slots = this.#slots
    const lengths = this.#lengths
    if (at + this.lengthMin > end) return -1
    let next = at
    for (let i = 0; i < slots.length; i++) {
      if (slots[i] !== SLOT.none) readValue(slots[i]!, bytes, next, lengths[i]!, values)
      next += lengths[i]!
    }
    return next
  }

  #readVariable(bytes: Uint8Array, at: number, end: number, values: RecordValues): number {
    const slots = this.#slots
    let next = at
    for (let i = 0; i < slots.length; i++) {
      let length = this.#lengths[i]!
      if (length === VARIABLE) {
        length = ownLength(bytes, next, end)
        if (length < 0) return -1
        next += bytes[next] === 255 ? 3 : 1
      }
      if (next + length > end) return -1
      if (slots[i] !== SLOT.none) readValue(slots[i]!, bytes, next, length, values)
      next += length
    }
    return next
  }
}

/** The length a field tells itself: in one byte, or, that being 255, in the two behind it; -1 beyond `end`. */
function ownLength(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return -1
  if (bytes[at] !== 255) return bytes[at]!
  return at + 3 <= end ? u16(bytes, at + 1) : -1
}

/** Adds the field at `at`, whose specifier has `size` bytes; 0 for one that is no information element. */
function appendField(slots: number[], lengths: number[], bytes: Uint8Array, at: number, size: number): void {
  const element = u16(bytes, at)
  const length = u16(bytes, at + 2)
  let slot: number = SLOT.none
  if (size === 4) slot = slotOf(0, element)
  if (size === 8) slot = slotOf(word(bytes, at + 4) >>> 0, element & 0x7fff)
  append(slots, lengths, fits(slot, length) ? slot : SLOT.none, length)
}

/** Adds a field, to the last one where both are only passed over: a record takes no more steps than it has bytes. */
function append(slots: number[], lengths: number[], slot: number, length: number): void {
  if (length === 0) return
  const last = slots.length - 1
  const joins = slot === SLOT.none && slots[last] === SLOT.none && length !== VARIABLE && lengths[last] !== VARIABLE
  if (joins && lengths[last]! + length < VARIABLE) lengths[last]! += length
  else {
    slots.push(slot)
    lengths.push(length)
  }
}

/** Whether what an element means can be told from so many bytes. */
function fits(slot: number, length: number): boolean {
  switch (slot) {
    case SLOT.none:
    case SLOT.dataLinkFrameSection:
    case SLOT.ipHeaderPacketSection:
      return true
    case SLOT.sourceIPv4Address:
    case SLOT.destinationIPv4Address:
      return length === 4
    case SLOT.sourceIPv6Address:
    case SLOT.destinationIPv6Address:
      return length === 16
    case SLOT.flowStartNtp:
    case SLOT.flowEndNtp:
    case SLOT.observationTimeNtp:
      return length === 8
    case SLOT.samplingProbability:
      return length === 4 || length === 8
    default:
      return length <= 8
  }
}

function readValue(
  slot: number,
  bytes: Uint8Array,
  at: number,
  length: number,
  { numbers, address }: RecordValues,
): void {
  if (slot < SLOT.flowStartNtp || slot > SECTION_LENGTH) numbers[slot] = unsigned(bytes, at, length)
  else if (slot >= SLOT.sourceIPv4Address) readAddress(slot, bytes, at, address)
  else if (slot === SLOT.dataLinkFrameSection || slot === SLOT.ipHeaderPacketSection) {
    numbers[slot] = at
    numbers[SECTION_LENGTH] = length
  } else if (slot === SLOT.samplingProbability) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, length)
    numbers[slot] = length === 4 ? view.getFloat32(0) : view.getFloat64(0)
  } else {
    const seconds = unsigned(bytes, at, 4)
    numbers[slot] = seconds === 0 ? 0 : seconds - NTP_TO_EPOCH + unsigned(bytes, at + 4, 4) / 2 ** 32
  }
}

/** A template may have both families, one of them always 0. */
function readAddress(slot: number, bytes: Uint8Array, at: number, address: Int32Array): void {
  const to = slot === SLOT.destinationIPv4Address || slot === SLOT.destinationIPv6Address ? 4 : 0
  if (slot <= SLOT.destinationIPv4Address) {
    const low = word(bytes, at)
    if (low === 0 && isSet(address, to)) return
    address[to] = address[to + 1] = 0
    address[to + 2] = V4_MAPPED
    address[to + 3] = low
    return
  }
  if ((word(bytes, at) | word(bytes, at + 4) | word(bytes, at + 8) | word(bytes, at + 12)) === 0) return
  for (let i = 0; i < 4; i++) address[to + i] = word(bytes, at + 4 * i)
}

function isSet(address: Int32Array, at: number): boolean {
  return (address[at]! | address[at + 1]! | address[at + 3]!) !== 0
}
