import { createFlowRecord } from '../../net/flow-record.ts'
import type { FlowRecord } from '../../types/flow.ts'
import type { Sight } from '../../types/sight.ts'
import { CONTENT } from '../flow-log/format.ts'
import type { ExportFormat, ExportReader, FrameDecoder, FramePiece } from './export-format.ts'
import { type Exporter, Exporters, type Limits } from './exporters.ts'
import { HalfFlow } from './half-flow.ts'
import { Join, type JoinOptions } from './join.ts'
import { fillJoined } from './join-record.ts'

const MAC_BYTES = 6

/** No export tells of single packets, or of what is in them. */
const NEVER: readonly Sight[] = [...CONTENT, 'service', 'packet-gaps', 'packet-lengths', 'flag-counts', 'arp']
/** Some tell of these. */
const SELDOM: readonly Sight[] = ['tcp-flags', 'mac', 'vlan', 'ttl']
/** What an export cannot show at worst. */
export const EXPORT_LACKS: readonly Sight[] = [...NEVER, ...SELDOM]
/** What is counted of all that went well. */
const WELL: ReadonlySet<string> = new Set(['datagrams', 'records', 'sampled-records', 'samples', 'counter-samples'])

export interface CollectorOptions extends JoinOptions {
  formats: readonly ExportFormat[]
  /** Decodes sampled packets. */
  decoder: FrameDecoder
  /** What flows are marked with. */
  name: string
  /** Whether an exporter's datagrams are taken; all are unless given. */
  allows?: (address: string) => boolean
  limits?: Limits
}

/** Makes flows of export datagrams, wherever they come from. Never throws on content. */
export class Collector {
  readonly exporters: Exporters
  /** Packets and bytes the flows handed on tell of. */
  packets = 0
  bytes = 0
  readonly #options: CollectorOptions
  readonly #take: (flow: FlowRecord) => void
  readonly #readers: ExportReader[]
  readonly #join: Join
  readonly #record = createFlowRecord()
  readonly #half = new HalfFlow()
  readonly #counts = new Map<string, number>()
  readonly #shown = new Set<Sight>()
  #now = 0

  /** `take` is given every flow: always the same record, only valid during the call. */
  constructor(options: CollectorOptions, take: (flow: FlowRecord) => void) {
    this.#options = options
    this.#take = take
    this.#record.source = options.name
    this.#join = new Join(options, (slot) => this.#handOn(slot))
    this.exporters = new Exporters((exporter) => {
      for (const reader of this.#readers) reader.forget(exporter)
    }, options.limits)
    this.#readers = options.formats.map((format) =>
      format.createReader({
        exporters: this.exporters,
        count: (reason, by = 1) => this.#count(reason, by),
        take: (half, exporter) => this.#add(half, exporter),
        sample: (piece, exporter) => this.#sample(piece, exporter),
      }),
    )
  }

  /** Takes what came from `address` at `time`, epoch seconds. */
  datagram(bytes: Uint8Array, address: string, time: number): void {
    this.#now = time
    this.#count('datagrams')
    if (this.#options.allows?.(address) === false) {
      this.#count('exporter-not-allowed')
      return
    }
    const format = this.#options.formats.findIndex((candidate) => candidate.recognises(bytes))
    if (format < 0) {
      this.#count('unknown-protocol')
      return
    }
    const exporter = this.exporters.at(address, time)
    if (exporter === null) {
      this.#count('too-many-exporters')
      return
    }
    exporter.datagrams++
    this.exporters.datagrams++
    this.#readers[format]!.read({ bytes, exporter, time })
  }

  /** It is `time`, epoch seconds: what waited long enough is handed on or given up. */
  advance(time: number): void {
    this.#now = time
    this.#join.advance(time)
    for (const reader of this.#readers) reader.expire(time)
  }

  /** The input is over. */
  flush(): void {
    this.#join.flush()
    for (const reader of this.#readers) reader.expire(Number.POSITIVE_INFINITY)
  }

  /** What the flows so far cannot show. */
  lacks(): Sight[] {
    return EXPORT_LACKS.filter((sight) => !this.#shown.has(sight))
  }

  /** Counts by reason of what could not be used. */
  problems(): Record<string, number> {
    return Object.fromEntries([...this.#counts].filter(([reason]) => !WELL.has(reason)))
  }

  /** Of all that is held and was done. */
  counters(): Record<string, number> {
    const { exporters } = this
    const well = [...this.#counts].filter(([reason]) => WELL.has(reason))
    return {
      ...Object.fromEntries(well),
      exporters: exporters.size,
      templates: exporters.templates,
      'template-bytes': exporters.bytes,
      'exporters-forgotten': exporters.forgotten,
      joined: this.#join.joined,
      'one-way': this.#join.alone,
      'duplicates-dropped': this.#join.duplicates,
      'waiting-evicted': this.#join.evicted,
    }
  }

  #count(reason: string, by = 1): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + by)
  }

  #add(half: HalfFlow, exporter: Exporter): void {
    exporter.records++
    this.#count('records')
    if (half.rate > 1) this.#count('sampled-records')
    this.#join.add(half, exporter.index, this.#now)
  }

  #sample(piece: FramePiece, exporter: Exporter): void {
    const { decoder } = this.#options
    exporter.records++
    this.#count('samples')
    decoder.decode(piece.bytes, piece.at, piece.captured, piece.length, piece.time, piece.link)
    if (decoder.batch.count === 0) this.#count('sample-not-decoded')
    else {
      this.#fillHalf(piece)
      this.#join.add(this.#half, exporter.index, this.#now)
    }
    decoder.clear()
  }

  /** The decoded packet as the flow of one packet that it is. */
  #fillHalf({ bytes, time, rate }: FramePiece): void {
    const { batch } = this.#options.decoder
    const half = this.#half
    half.clear()
    for (let i = 0; i < 8; i++) half.address[i] = batch.address[i]!
    half.protocol = batch.protocol[0]!
    half.srcPort = batch.ports[0]! >>> 16
    half.dstPort = batch.ports[0]! & 0xffff
    half.first = half.last = time
    half.packets = 1
    half.bytes = half.lengthMin = half.lengthMax = batch.length[0]!
    half.payload = batch.payload[0]!
    half.flags = batch.flags[0]!
    half.ttl = batch.ttl[0]!
    half.vlan = batch.vlan[0]!
    half.srcMac = macAt(bytes, batch.srcMacAt[0]!)
    half.dstMac = macAt(bytes, batch.dstMacAt[0]!)
    half.sample = true
    half.rate = rate
  }

  #handOn(slot: number): void {
    const record = this.#record
    fillJoined(this.#join.store, slot, record)
    record.id++
    this.packets += record.forward.packets + record.reverse.packets
    this.bytes += record.forward.bytes + record.reverse.bytes
    if (this.#shown.size < SELDOM.length) this.#note(record)
    this.#take(record)
  }

  #note({ srcMac, dstMac, vlan, ttl, forward, reverse }: FlowRecord): void {
    if (srcMac + dstMac > 0) this.#shown.add('mac')
    if (vlan > 0) this.#shown.add('vlan')
    if (ttl > 0) this.#shown.add('ttl')
    if (forward.syn + forward.ack + reverse.syn + reverse.ack > 0) this.#shown.add('tcp-flags')
  }
}

function macAt(bytes: Uint8Array, at: number): number {
  let mac = 0
  if (at >= 0) for (let i = at; i < at + MAC_BYTES; i++) mac = mac * 256 + bytes[i]!
  return mac
}
