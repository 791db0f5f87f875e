import { HashSet } from '../../math/hash-set.ts'
import { printable } from '../../net/text.ts'
import type { FlowNames } from '../../types/flow.ts'
import { type Conversation, WANTS, type Wants } from './conversation.ts'
import { DnsMessage } from './dns-message.ts'
import { HostNames } from './host-names.ts'
import { type Payload, readUint16 } from './payload.ts'

const DNS = 53
const MDNS = 5353
const LLMNR = 5355
/** NetBIOS names (RFC 1002) are asked for in the same form. */
const NETBIOS = 137
const HEADER = 12
/** Length field before each message over TCP (RFC 1035, 4.2.2). */
const PREFIX = 2
const OPCODE_MAX = 6
/** Questions read of one message; only multicast DNS asks several at once. */
const QUESTIONS_MAX = 64
/** More records than that are no DNS message. */
const ANSWERS_MAX = 4095
/** Records of an answer read for addresses. */
const RECORDS_MAX = 32
/** Records of a multicast message read for the sender's own address. */
const LOCAL_RECORDS_MAX = 64
/** What ends every name of multicast DNS (RFC 6762, 3). */
const LOCAL = '.local'
const TYPE_A = 1
const TYPE_AAAA = 28
const NXDOMAIN = 3
const QUERY = 0
const CLASS_IN = 1
const RECURSION_DESIRED = 0x0100
/** Types that carry much and are seldom asked for by programs other than mail servers: CNAME, NULL, MX, TXT, KEY. */
const ODD_TYPES = new Set([5, 10, 15, 16, 25])
/** Private use (RFC 6895), as tunnels do. */
const PRIVATE_TYPES = 0xff00

const message = new DnsMessage()
const answer = new Int32Array(4)

/** True for a DNS message on one of its ports, or for what can be nothing but a DNS question on another one over UDP. */
export function isDns(payload: Payload): boolean {
  const { bytes, at, end, tcp } = payload
  const known = payload.isOn(DNS) || (!tcp && (payload.isOn(MDNS) || payload.isOn(LLMNR)))
  if (!tcp) return known ? isMessage(bytes, at, end) : !payload.isOn(NETBIOS) && isPlainQuestion(bytes, at, end)
  if (!known || end - at < PREFIX || readUint16(bytes, at) < HEADER) return false
  return end - at === PREFIX || isMessage(bytes, at + PREFIX, end)
}

/** By the header alone: what follows it is read where it is used. */
function isMessage(bytes: Uint8Array, at: number, end: number): boolean {
  if (!message.begin(bytes, at, end) || message.opcode > OPCODE_MAX) return false
  return message.questions === 0
    ? message.response
    : message.questions <= QUESTIONS_MAX && message.answers <= ANSWERS_MAX
}

/** One question of class IN with at most an EDNS record behind it, and nothing unusual in the header. */
function isPlainQuestion(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < HEADER + 5 || (readUint16(bytes, at + 2) & ~RECURSION_DESIRED & ~0x30) !== 0) return false
  if (readUint16(bytes, at + 4) !== 1 || readUint16(bytes, at + 6) !== 0 || readUint16(bytes, at + 8) !== 0)
    return false
  const additional = readUint16(bytes, at + 10)
  if (additional > 1 || !message.begin(bytes, at, end) || !message.readQuestion()) return false
  const { next } = message
  return message.name.length > 0 && readUint16(bytes, next - 2) === CLASS_IN && (next === end) === (additional === 0)
}

/** Remembers what the addresses in an answer were asked by: the name in the question, whatever it is an alias of. */
function learnAnswers(payload: Payload): void {
  if (!message.readQuestion()) return
  const records = Math.min(message.answers, RECORDS_MAX)
  const { bytes, length } = message.name
  let name = ''
  const asked = bytes.slice(0, length)
  for (let i = 0; i < records && message.readRecord(); i++) {
    if (!readAddress(payload.bytes)) continue
    if (name === '') name = printable(asked, 0, length)
    payload.resolved.learn(payload.address, payload.addressAt + 4, answer, name, payload.time, message.ttl)
  }
}

/** The name of its own address that the sender of multicast DNS or LLMNR gives, empty where it gives none. */
function ownName(payload: Payload): string {
  const { address, addressAt } = payload
  const questions = Math.min(message.questions, QUESTIONS_MAX)
  for (let i = 0; i < questions; i++) if (!message.readQuestion()) return ''
  const records = Math.min(message.records, LOCAL_RECORDS_MAX)
  for (let i = 0; i < records && message.readRecord(); i++) {
    if (!readAddress(payload.bytes)) continue
    let word = 0
    while (word < 4 && answer[word] === address[addressAt + word]) word++
    if (word < 4) continue
    const name = printable(message.name.bytes, 0, message.name.length)
    return name.toLowerCase().endsWith(LOCAL) ? name.slice(0, -LOCAL.length) : name
  }
  return ''
}

/** Puts the address of an A or AAAA record into `answer`; false for all others. */
function readAddress(bytes: Uint8Array): boolean {
  const { type, dataAt: at, next } = message
  if (type === TYPE_A && next - at === 4) {
    answer.set([0, 0, 0xffff, (readUint16(bytes, at) << 16) | readUint16(bytes, at + 2)])
    return true
  }
  if (type !== TYPE_AAAA || next - at !== 16) return false
  for (let i = 0; i < 4; i++) answer[i] = (readUint16(bytes, at + 4 * i) << 16) | readUint16(bytes, at + 4 * i + 2)
  return true
}

/** DNS, multicast DNS (RFC 6762) and LLMNR (RFC 4795) over UDP and TCP: many independent messages on one pair of ports. */
export class DnsConversation implements Conversation {
  #messages = 0
  #queries = 0
  #questions = 0
  #name = ''
  #type = -1
  #rcode = -1
  #answers = 0
  #firstHash = 0
  #hashes: HashSet | null = null
  #nameBytes = 0
  #longestLabel = 0
  #entropy = 0
  #nxdomain = 0
  #answerBytes = 0
  #oddTypes = 0
  #own: HostNames | null = null
  /** Bytes of messages begun that are still to come, by direction. */
  #owedForward = 0
  #owedReverse = 0

  read(payload: Payload): Wants {
    if (payload.tcp) return this.#readStream(payload)
    this.#readMessage(payload, payload.at, payload.end, payload.end - payload.at)
    if (payload.isOn(MDNS)) this.#readOwnName(payload, 'mdns')
    else if (payload.isOn(LLMNR)) this.#readOwnName(payload, 'llmnr')
    return WANTS.more
  }

  service(byPort: string): string {
    return byPort === 'mdns' || byPort === 'llmnr' ? byPort : 'dns'
  }

  names(): FlowNames | null {
    if (this.#messages === 0) return null
    const names: FlowNames = {
      dnsQueries: this.#queries,
      dnsNames: this.#hashes?.size ?? (this.#type < 0 ? 0 : 1),
      dnsNameBytes: this.#nameBytes,
      dnsLongestLabel: this.#longestLabel,
      dnsEntropy: this.#questions === 0 ? 0 : this.#entropy / this.#questions,
      dnsOddTypes: this.#oddTypes,
      dnsNxdomain: this.#nxdomain,
      dnsAnswerBytes: this.#answerBytes,
    }
    if (this.#type >= 0) {
      names.dnsQuery = this.#name
      names.dnsType = this.#type
    }
    if (this.#rcode >= 0) {
      names.dnsRcode = this.#rcode
      names.dnsAnswers = this.#answers
    }
    if (this.#hashes !== null) names.dnsHashes = this.#hashes.values
    this.#own?.addTo(names)
    this.#reset()
    return names
  }

  #reset(): void {
    this.#messages = 0
    this.#queries = 0
    this.#questions = 0
    this.#name = ''
    this.#type = -1
    this.#rcode = -1
    this.#answers = 0
    this.#hashes = null
    this.#nameBytes = 0
    this.#longestLabel = 0
    this.#entropy = 0
    this.#nxdomain = 0
    this.#answerBytes = 0
    this.#oddTypes = 0
    this.#own = null
  }

  #readOwnName(payload: Payload, by: 'mdns' | 'llmnr'): void {
    if (this.#own?.knows(payload.forward) || !message.begin(payload.bytes, payload.at, payload.end)) return
    if (message.records === 0) return
    const name = ownName(payload)
    if (name === '') return
    this.#own ??= new HostNames(by)
    this.#own.tell(payload.forward, name)
  }

  /** Messages one after the other, each behind its length; the last may go on in the segments that follow. */
  #readStream(payload: Payload): Wants {
    const { bytes, end, forward } = payload
    let at = payload.at + (forward ? this.#owedForward : this.#owedReverse)
    while (at < end) {
      if (end - at < PREFIX + HEADER) {
        payload.at = at
        this.#owe(forward, 0)
        return WANTS.rest
      }
      const length = readUint16(bytes, at)
      this.#readMessage(payload, at + PREFIX, Math.min(at + PREFIX + length, end), length)
      at += PREFIX + length
    }
    this.#owe(forward, at - end)
    return WANTS.more
  }

  #owe(forward: boolean, bytes: number): void {
    if (forward) this.#owedForward = bytes
    else this.#owedReverse = bytes
  }

  #readMessage(payload: Payload, at: number, end: number, length: number): void {
    if (!message.begin(payload.bytes, at, end) || message.opcode > OPCODE_MAX) return
    this.#messages++
    if (message.response) this.#countResponse(length)
    else this.#queries++
    // What an answer repeats was counted when it was asked.
    if (message.response && this.#queries > 0) {
      if (!payload.forward && message.questions === 1 && payload.isOn(DNS)) learnAnswers(payload)
      return
    }
    const questions = Math.min(message.questions, QUESTIONS_MAX)
    for (let i = 0; i < questions && message.readQuestion(); i++) {
      this.#seeName()
      if (!message.response) this.#countQuestion()
    }
  }

  #countResponse(length: number): void {
    this.#answerBytes += length
    if (message.rcode === NXDOMAIN) this.#nxdomain++
    if (this.#rcode >= 0) return
    this.#rcode = message.rcode
    this.#answers = message.answers
  }

  #countQuestion(): void {
    const { name, type } = message
    this.#questions++
    this.#nameBytes += name.length
    if (name.longestLabel > this.#longestLabel) this.#longestLabel = name.longestLabel
    this.#entropy += name.entropy
    if (message.opcode === QUERY && (ODD_TYPES.has(type) || type >= PRIVATE_TYPES)) this.#oddTypes++
  }

  #seeName(): void {
    const { bytes, length, hash } = message.name
    if (this.#type < 0) {
      this.#type = message.type
      this.#name = printable(bytes, 0, length)
      this.#firstHash = hash
    } else if (this.#hashes === null && hash !== this.#firstHash) {
      this.#hashes = new HashSet()
      this.#hashes.add(this.#firstHash)
    }
    this.#hashes?.add(hash)
  }
}
