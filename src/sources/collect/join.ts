import { PROTOCOL } from '../../net/flow-record.ts'
import { queryOf } from '../../net/icmp.ts'
import type { HalfFlow } from './half-flow.ts'
import { DOUBLE, DOUBLES, SIDE, SLICE_SHIFT, STATE, WORD, WORDS } from './join-layout.ts'
import { JoinStore } from './join-store.ts'

/** Ends of the lists. */
const WAITING = 1
const GATHERING = 2
const REMEMBERED = 3

const SLICES_MAX = 0x7fff
const FIN_RST = 5
const SYN = 2

export interface JoinOptions {
  /** Connections known at once; at the cap the longest silent one gives way. */
  cap?: number
  /** Seconds a direction waits for the other one. */
  wait?: number
  /** Seconds sampled packets of a connection are gathered. */
  gather?: number
  /** Seconds for which who began a connection is remembered. */
  remember?: number
  /** Silence after which the same ends have begun another connection. */
  idleTcp?: number
  idleOther?: number
  seed?: number
}

const DEFAULTS: Required<JoinOptions> = {
  cap: 65_536,
  wait: 5,
  gather: 10,
  // Longer than the half hour after which many devices tell of a connection that goes on.
  remember: 2_100,
  idleTcp: 60,
  idleOther: 15,
  seed: 1,
}

/**
 * Joins what exporters tell of the two directions of a connection. A direction waits for the other one for a while; then it
 * is handed on alone. Who began is remembered, so that what is told of a connection later is turned the same way.
 */
export class Join {
  readonly store: JoinStore
  joined = 0
  alone = 0
  duplicates = 0
  evicted = 0
  readonly #options: Required<JoinOptions>
  readonly #emit: (slot: number) => void
  #now = 0

  /** `emit` takes a connection that can be told; its state is only valid during the call. */
  constructor(options: JoinOptions, emit: (slot: number) => void) {
    this.#options = { ...DEFAULTS, ...options }
    this.store = new JoinStore(this.#options.cap, REMEMBERED, this.#options.seed)
    this.#emit = emit
  }

  /** Takes what the exporter with an index told at `now`, epoch seconds. */
  add(half: HalfFlow, exporter: number, now: number): void {
    this.advance(now)
    const { store } = this
    const larger = isLarger(half)
    fillKey(store.key, half, exporter, larger)
    let slot = store.find()
    if (slot === 0) slot = this.#open(half, exporter)
    else if (this.#startsAnew(slot, half)) this.#restart(slot, half)
    const side = larger ? 1 : 0
    if (!half.sample && this.#isRepeated(slot, side, half)) {
      this.duplicates++
      return
    }
    this.#gather(slot, side, half)
    const told = store.words[slot * WORDS + WORD.state]! & STATE.toldBoth
    if (!half.sample && (half.biflow || told === STATE.toldBoth)) this.#handOn(slot)
  }

  /** It is `now`: hands on what waited long enough. */
  advance(now: number): void {
    this.#now = now
    for (const list of [WAITING, GATHERING]) {
      for (let slot = this.store.first(list); slot !== 0 && this.#isDue(slot, list); slot = this.store.first(list)) {
        this.#handOn(slot)
      }
    }
    for (let slot = this.store.first(REMEMBERED); slot !== 0 && this.#isDue(slot, REMEMBERED); ) {
      this.store.remove(slot)
      slot = this.store.first(REMEMBERED)
    }
  }

  /** The input is over: hands on everything. */
  flush(): void {
    for (const list of [WAITING, GATHERING, REMEMBERED]) {
      for (let slot = this.store.first(list); slot !== 0; slot = this.store.first(list)) {
        if (list !== REMEMBERED) this.#handOn(slot)
        else this.store.remove(slot)
      }
    }
  }

  #isDue(slot: number, list: number): boolean {
    const due = this.store.doubles[slot * DOUBLES + DOUBLE.due]!
    // Nothing is due later than its list allows, unless the clock was set back.
    return this.#now >= due || due - this.#now > this.#patienceOf(list)
  }

  #patienceOf(list: number): number {
    if (list === WAITING) return this.#options.wait
    return list === GATHERING ? this.#options.gather : this.#options.remember
  }

  #open(half: HalfFlow, exporter: number): number {
    const { store } = this
    if (store.size === this.#options.cap) this.#evict()
    fillKey(store.key, half, exporter, isLarger(half))
    const slot = store.insert(REMEMBERED)
    this.#restart(slot, half)
    return slot
  }

  #evict(): void {
    const { store } = this
    let slot = store.first(REMEMBERED)
    if (slot === 0) {
      slot = store.first(WAITING) || store.first(GATHERING)
      this.evicted++
      this.#handOn(slot)
    }
    store.remove(slot)
  }

  /** Whether what is told is of another connection between the same ends. */
  #startsAnew(slot: number, half: HalfFlow): boolean {
    const { words, doubles } = this.store
    const ended = doubles[slot * DOUBLES + DOUBLE.ended]!
    const idle = half.protocol === PROTOCOL.tcp ? this.#options.idleTcp : this.#options.idleOther
    if (half.first - ended > idle) return true
    const flags = words[slot * WORDS + WORD.flags]!
    const closed = half.protocol === PROTOCOL.tcp && ((flags | (flags >>> 8)) & FIN_RST) !== 0
    return closed && half.first > ended && ((half.flags | half.reverseFlags) & SYN) !== 0
  }

  #restart(slot: number, half: HalfFlow): void {
    const { words, doubles } = this.store
    const base = slot * WORDS
    if ((words[base + WORD.state]! & STATE.toldBoth) !== 0) this.#handOn(slot)
    words.fill(0, base + WORD.state, base + WORDS)
    doubles[slot * DOUBLES + DOUBLE.opened] = half.first
    doubles[slot * DOUBLES + DOUBLE.ended] = half.last
  }

  /** Devices that watch two interfaces tell of the same packets twice, in the same words. */
  #isRepeated(slot: number, side: number, half: HalfFlow): boolean {
    const { words, doubles } = this.store
    if ((words[slot * WORDS + WORD.state]! & (STATE.kept << side)) === 0) return false
    const at = slot * DOUBLES + SIDE * side
    return (
      doubles[at + DOUBLE.first] === half.first &&
      doubles[at + DOUBLE.last] === half.last &&
      doubles[at + DOUBLE.packets] === half.packets * half.rate &&
      doubles[at + DOUBLE.bytes] === half.bytes * half.rate
    )
  }

  #gather(slot: number, side: number, half: HalfFlow): void {
    const { words, doubles } = this.store
    const at = slot * DOUBLES
    const base = slot * WORDS
    if ((words[base + WORD.state]! & STATE.toldBoth) === 0) this.#beginSlice(slot, half.sample)
    addSide(words, doubles, slot, side, half, false)
    if (half.biflow && half.reversePackets > 0) addSide(words, doubles, slot, 1 - side, half, true)
    doubles[at + DOUBLE.opened] = Math.min(doubles[at + DOUBLE.opened]!, half.first)
    doubles[at + DOUBLE.ended] = Math.max(doubles[at + DOUBLE.ended]!, half.last)
    words[base + WORD.link] = half.vlan | (half.ttl << 12) | (half.endReason << 20)
    let state = words[base + WORD.state]!
    if (half.sample) state |= STATE.sample
    if (half.rate > 1) state |= STATE.scaled
    if (half.biflow && (state & STATE.oriented) === 0) {
      state |= STATE.oriented | (side === 1 ? STATE.originatorIsLarger : 0)
    }
    words[base + WORD.state] = state
  }

  #beginSlice(slot: number, sample: boolean): void {
    const { words, doubles } = this.store
    words[slot * WORDS + WORD.sliceFlags] = 0
    doubles[slot * DOUBLES + DOUBLE.due] = this.#now + (sample ? this.#options.gather : this.#options.wait)
    this.store.move(slot, sample ? GATHERING : WAITING)
  }

  #handOn(slot: number): void {
    const { words, doubles } = this.store
    const at = slot * WORDS + WORD.state
    if ((words[at]! & STATE.oriented) === 0) words[at] = words[at]! | this.#orientation(slot)
    if ((words[at]! & STATE.toldBoth) === STATE.toldBoth) this.joined++
    else this.alone++
    this.#emit(slot)
    let state = words[at]! & ~STATE.toldBoth
    if (state >>> SLICE_SHIFT < SLICES_MAX) state += 1 << SLICE_SHIFT
    words[at] = state
    doubles[slot * DOUBLES + DOUBLE.due] = this.#now + this.#options.remember
    this.store.move(slot, REMEMBERED)
  }

  /** Who began: the side that was first; else whose message asks; else whose port is no service's. */
  #orientation(slot: number): number {
    const { words, doubles } = this.store
    const at = slot * DOUBLES
    const state = words[slot * WORDS + WORD.state]!
    const ports = words[slot * WORDS + WORD.ports]!
    const byPort = ports >>> 16 < (ports & 0xffff)
    const protocol = words[slot * WORDS + WORD.kind]! & 0xffff
    let larger: boolean
    if ((state & STATE.toldBoth) === STATE.toldBoth) {
      const ahead = doubles[at + SIDE + DOUBLE.first]! - doubles[at + DOUBLE.first]!
      if (ahead !== 0) larger = ahead < 0
      else larger = isIcmp(protocol) ? !asks(words, slot, protocol) : byPort
    } else {
      larger = (state & (STATE.told << 1)) !== 0
      if (this.#isAnswer(slot, larger, state)) larger = !larger
    }
    return STATE.oriented | (larger ? STATE.originatorIsLarger : 0)
  }

  /** Whether a lone direction is that of the answers: its beginning was not seen, and it comes from a service. */
  #isAnswer(slot: number, larger: boolean, state: number): boolean {
    const { words } = this.store
    const protocol = words[slot * WORDS + WORD.kind]! & 0xffff
    if (protocol !== PROTOCOL.tcp && protocol !== PROTOCOL.udp) return false
    const flags = (words[slot * WORDS + WORD.flags]! >>> (larger ? 8 : 0)) & 0xff
    const begun = protocol === PROTOCOL.tcp ? (flags & SYN) !== 0 || flags === 0 : true
    if (begun && (state & STATE.scaled) === 0) return false
    const ports = words[slot * WORDS + WORD.ports]!
    const [source, destination] = larger ? [ports & 0xffff, ports >>> 16] : [ports >>> 16, ports & 0xffff]
    return source < WELL_KNOWN && destination >= WELL_KNOWN
  }
}

const WELL_KNOWN = 1024

function isIcmp(protocol: number): boolean {
  return protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmp6
}

/** Whether the smaller end sent the query. */
function asks(words: Int32Array, slot: number, protocol: number): boolean {
  const type = (words[slot * WORDS + WORD.message]! >>> 8) & 0xff
  return queryOf(protocol, type) === type
}

/** Whether the source is the larger of the two ends. */
function isLarger({ address, protocol, srcPort, dstPort }: HalfFlow): boolean {
  for (let i = 0; i < 4; i++) if (address[i] !== address[i + 4]) return address[i]! > address[i + 4]!
  return !isIcmp(protocol) && srcPort > dstPort
}

function fillKey(key: Int32Array, half: HalfFlow, exporter: number, larger: boolean): void {
  const { address, protocol, srcPort, dstPort } = half
  const swap = larger ? 4 : 0
  for (let i = 0; i < 8; i++) key[i] = address[i ^ swap]!
  key[WORD.ports] = isIcmp(protocol)
    ? messageKey(half, larger)
    : larger
      ? (dstPort << 16) | srcPort
      : (srcPort << 16) | dstPort
  key[WORD.kind] = protocol | (exporter << 16)
}

/** ICMP queries and replies are one connection; other messages go one way. */
function messageKey({ protocol, srcPort, dstPort }: HalfFlow, larger: boolean): number {
  const query = queryOf(protocol, srcPort)
  if (query !== 0) return (query << 8) | dstPort
  return (larger ? 0x80000000 | 0 : 0) | (srcPort << 8) | dstPort
}

function addSide(
  words: Int32Array,
  doubles: Float64Array,
  slot: number,
  side: number,
  half: HalfFlow,
  reverse: boolean,
): void {
  const base = slot * WORDS
  const at = slot * DOUBLES + SIDE * side
  const { rate } = half
  const packets = (reverse ? half.reversePackets : half.packets) * rate
  const bytes = (reverse ? half.reverseBytes : half.bytes) * rate
  const payload = half.payload < 0 ? -1 : half.payload * rate
  const flags = (reverse ? half.reverseFlags : half.flags) << (8 * side)
  const isNew = (words[base + WORD.state]! & (STATE.told << side)) === 0
  doubles[at + DOUBLE.first] = isNew ? half.first : Math.min(half.first, doubles[at + DOUBLE.first]!)
  doubles[at + DOUBLE.last] = isNew ? half.last : Math.max(half.last, doubles[at + DOUBLE.last]!)
  doubles[at + DOUBLE.packets] = packets + (isNew ? 0 : doubles[at + DOUBLE.packets]!)
  doubles[at + DOUBLE.bytes] = bytes + (isNew ? 0 : doubles[at + DOUBLE.bytes]!)
  doubles[at + DOUBLE.payload] = payload < 0 || isNew ? payload : payload + doubles[at + DOUBLE.payload]!
  doubles[at + DOUBLE.mac] = reverse ? half.dstMac : half.srcMac
  if (!reverse) doubles[slot * DOUBLES + SIDE * (1 - side) + DOUBLE.mac] ||= half.dstMac
  addLengths(words, base + side, half, isNew, reverse)
  words[base + WORD.flags] = words[base + WORD.flags]! | flags
  words[base + WORD.sliceFlags] = words[base + WORD.sliceFlags]! | flags
  if (!reverse) words[base + WORD.message] = withMessage(words[base + WORD.message]!, side, half)
  words[base + WORD.state] = words[base + WORD.state]! | ((STATE.told | STATE.seen | STATE.kept) << side)
}

function withMessage(messages: number, side: number, { protocol, srcPort, dstPort }: HalfFlow): number {
  if (!isIcmp(protocol)) return 0
  const shift = 16 * side
  return (messages & ~(0xffff << shift)) | (((srcPort << 8) | dstPort) << shift)
}

function addLengths(words: Int32Array, at: number, half: HalfFlow, isNew: boolean, reverse: boolean): void {
  const least = reverse ? 0 : half.lengthMin
  const most = reverse ? 0 : half.lengthMax
  words[at + WORD.lengthMin] = isNew ? least : Math.min(least, words[at + WORD.lengthMin]!)
  words[at + WORD.lengthMax] = isNew || most === 0 ? most : Math.max(most, words[at + WORD.lengthMax]!)
}
