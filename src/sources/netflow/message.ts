import type { ReaderOptions } from '../collect/export-format.ts'
import type { Exporter } from '../collect/exporters.ts'
import { HalfFlow } from '../collect/half-flow.ts'
import { u16 } from '../collect/octets.ts'
import type { Domain } from './domain.ts'
import { SECTION_LENGTH, SLOT } from './elements.ts'
import type { MessageTime } from './held.ts'
import { fillHalf, type RecordClock } from './record.ts'
import { RecordValues, Template } from './template.ts'

const SET_HEADER = 4
const FIRST_DATA_SET = 256
const LINKTYPE_ETHERNET = 1
const LINKTYPE_RAW = 101
/** IPFIX lets a message withdraw all templates, or all options templates, by the number of their set. */
const IPFIX_TEMPLATES = 2
const IPFIX_OPTIONS = 3

/** Whose message it is, and when it was sent. */
export interface Message {
  exporter: Exporter
  domain: Domain
  isIpfix: boolean
  sent: MessageTime
}

/** Reads the sets of NetFlow v9 and IPFIX, which differ in their templates only. */
export class MessageReader {
  readonly #options: ReaderOptions
  readonly #values = new RecordValues()
  readonly #half = new HalfFlow()
  readonly #clock: RecordClock = { exported: 0, uptime: -1, arrived: 0, shift: 0, booted: 0 }

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  /** Reads the sets in `bytes[from .. end)`. Returns the number of data records, -1 when that cannot be told. */
  read(bytes: Uint8Array, from: number, end: number, message: Message): number {
    let records = 0
    let at = from
    while (at + SET_HEADER <= end) {
      const id = u16(bytes, at)
      const length = u16(bytes, at + 2)
      // Some exporters fill the datagram up with zeros.
      if (id === 0 && length === 0) break
      const next = at + length
      if (length < SET_HEADER || next > end) {
        this.#options.count('bad-set-length')
        records = -1
        if (length < SET_HEADER) break
      }
      const found = this.#readSet(bytes, at, Math.min(next, end), message)
      if (records >= 0) records = found < 0 ? -1 : records + found
      at = next
    }
    return records
  }

  #readSet(bytes: Uint8Array, at: number, end: number, message: Message): number {
    const id = u16(bytes, at)
    if (id >= FIRST_DATA_SET) return this.#readData(id, bytes, at + SET_HEADER, end, message)
    const base = message.isIpfix ? IPFIX_TEMPLATES : 0
    if (id === base) this.#readTemplates(bytes, at + SET_HEADER, end, message)
    else if (id === base + 1) this.#readOptionsTemplates(bytes, at + SET_HEADER, end, message)
    else this.#options.count('unknown-set')
    return 0
  }

  #readTemplates(bytes: Uint8Array, from: number, end: number, message: Message): void {
    let at = from
    while (at + 4 <= end) {
      const id = u16(bytes, at)
      const count = u16(bytes, at + 2)
      at += 4
      if (count === 0 && message.isIpfix) this.#withdraw(id, message.domain)
      // What is left is padding.
      else if (id < FIRST_DATA_SET) return
      else at = this.#learn(id, bytes, at, end, { count, scopes: 0, options: false }, message)
    }
  }

  #readOptionsTemplates(bytes: Uint8Array, from: number, end: number, message: Message): void {
    let at = from
    while (at + 4 <= end) {
      const id = u16(bytes, at)
      const first = u16(bytes, at + 2)
      if (first === 0 && message.isIpfix) {
        this.#withdraw(id, message.domain)
        at += 4
        continue
      }
      if (id < FIRST_DATA_SET || at + 6 > end) return
      const second = u16(bytes, at + 4)
      // Version 9 tells the lengths of both parts, and its scopes are no information elements.
      const count = message.isIpfix ? first : Math.floor(first / 4) + Math.floor(second / 4)
      const scopes = message.isIpfix ? 0 : Math.floor(first / 4)
      at = this.#learn(id, bytes, at + 6, end, { count, scopes, options: true }, message)
    }
  }

  #learn(
    id: number,
    bytes: Uint8Array,
    at: number,
    end: number,
    shape: { count: number; scopes: number; options: boolean },
    message: Message,
  ): number {
    const { domain, isIpfix } = message
    const { template, at: next } = Template.compile(bytes, at, end, { ...shape, enterprises: isIpfix })
    if (typeof template === 'string') this.#options.count(template)
    else if (!domain.learn(id, template, (count) => this.#options.count('templates-evicted', count))) {
      this.#options.count('templates-refused')
    } else {
      domain.held.release(id, (set, sent) => this.#readData(id, set, 0, set.length, { ...message, sent }))
    }
    return next
  }

  #withdraw(id: number, domain: Domain): void {
    if (id === IPFIX_TEMPLATES || id === IPFIX_OPTIONS) domain.withdrawAll(id === IPFIX_OPTIONS)
    else domain.withdraw(id)
  }

  #readData(id: number, bytes: Uint8Array, from: number, end: number, message: Message): number {
    const template = message.domain.template(id)
    if (template === undefined) {
      if (!message.domain.held.hold(id, bytes.subarray(from, end), message.sent)) this.#options.count('no-template')
      return -1
    }
    const values = this.#values
    values.clear()
    this.#setClock(message)
    let records = 0
    let at = from
    while (at + template.lengthMin <= end) {
      const next = template.read(bytes, at, end, values)
      if (next < 0) {
        this.#options.count('bad-record')
        return -1
      }
      records++
      at = next
      if (template.options) this.#learnOptions(message.domain)
      else this.#takeRecord(template, bytes, message)
      values.address.fill(0)
    }
    return records
  }

  #setClock({ sent, exporter, domain }: Message): void {
    const clock = this.#clock
    clock.exported = sent.exported
    clock.uptime = sent.uptime
    clock.arrived = sent.arrived
    clock.shift = exporter.clockShift
    clock.booted = domain.booted
  }

  #learnOptions(domain: Domain): void {
    const { numbers } = this.#values
    domain.sampling.learn(numbers)
    const booted = numbers[SLOT.systemInitTimeMilliseconds]!
    if (booted > 0) domain.booted = booted / 1e3
  }

  #takeRecord(template: Template, bytes: Uint8Array, { exporter, domain }: Message): void {
    const values = this.#values
    const rate = domain.sampling.rateOf(
      values.numbers,
      template.has[SLOT.samplerId] === 1 || template.has[SLOT.selectorId] === 1,
    )
    exporter.rate = rate
    if (template.hasSection) {
      this.#takeSection(template, bytes, rate, exporter)
      return
    }
    const fault = fillHalf(template, values, this.#clock, this.#half)
    if (fault !== null) {
      this.#options.count(fault)
      return
    }
    this.#half.rate = rate
    this.#options.take(this.#half, exporter)
  }

  /** The record is the head of a packet (RFC 5477): it tells more than what else there may be. */
  #takeSection(template: Template, bytes: Uint8Array, rate: number, exporter: Exporter): void {
    const { numbers } = this.#values
    const isFrame = template.has[SLOT.dataLinkFrameSection] === 1
    const captured = numbers[SECTION_LENGTH]!
    const { exported, shift } = this.#clock
    this.#options.sample(
      {
        bytes,
        at: numbers[isFrame ? SLOT.dataLinkFrameSection : SLOT.ipHeaderPacketSection]!,
        captured,
        length: numbers[SLOT.dataLinkFrameSize]! || captured,
        link: isFrame ? LINKTYPE_ETHERNET : LINKTYPE_RAW,
        time:
          (numbers[SLOT.observationTimeNtp]! || numbers[SLOT.observationTimeMilliseconds]! / 1e3 || exported) + shift,
        rate,
      },
      exporter,
    )
  }
}
