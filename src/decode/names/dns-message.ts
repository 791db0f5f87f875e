import { DnsName } from './dns-name.ts'
import { readUint16 } from './payload.ts'

const HEADER = 12
/** Type, class, time to live and length of a record. */
const RECORD_FIXED = 10

/** The header and, one by one, the questions of a DNS message (RFC 1035). One is reused for all messages. */
export class DnsMessage {
  response = false
  opcode = 0
  rcode = 0
  /** As the header counts them. */
  questions = 0
  answers = 0
  /** Records of all sections. */
  records = 0
  /** The current question, or the owner of the current record. */
  readonly name = new DnsName()
  type = 0
  /** Of the current record; its data end at `next`. */
  ttl = 0
  dataAt = 0
  /** Offset behind the current question or record. */
  next = 0
  #bytes: Uint8Array = this.name.bytes
  #start = 0
  #end = 0

  /** Takes the message in `bytes[at .. end)`; false when there is not even a header. */
  begin(bytes: Uint8Array, at: number, end: number): boolean {
    if (end - at < HEADER) return false
    const flags = readUint16(bytes, at + 2)
    this.response = flags >>> 15 === 1
    this.opcode = (flags >>> 11) & 15
    this.rcode = flags & 15
    this.questions = readUint16(bytes, at + 4)
    this.answers = readUint16(bytes, at + 6)
    this.records = this.answers + readUint16(bytes, at + 8) + readUint16(bytes, at + 10)
    this.#bytes = bytes
    this.#start = at
    this.#end = end
    this.next = at + HEADER
    return true
  }

  /** Reads the next resource record, behind all questions; false when it is not whole. */
  readRecord(): boolean {
    const after = this.name.read(this.#bytes, this.#start, this.next, this.#end)
    if (after < 0 || after + RECORD_FIXED > this.#end) return false
    this.type = readUint16(this.#bytes, after)
    this.ttl = ((readUint16(this.#bytes, after + 4) << 16) | readUint16(this.#bytes, after + 6)) >>> 0
    this.dataAt = after + RECORD_FIXED
    this.next = this.dataAt + readUint16(this.#bytes, after + 8)
    return this.next <= this.#end
  }

  /** Reads the next question; false when it is not whole. */
  readQuestion(): boolean {
    const after = this.name.read(this.#bytes, this.#start, this.next, this.#end)
    if (after < 0 || after + 4 > this.#end) return false
    this.type = readUint16(this.#bytes, after)
    this.next = after + 4
    return true
  }
}
