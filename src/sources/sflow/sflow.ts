import { type DomainState, Domains } from '../collect/domains.ts'
import type { Datagram, ExportFormat, ExportReader, ReaderOptions } from '../collect/export-format.ts'
import type { Exporter } from '../collect/exporters.ts'
import { HalfFlow } from '../collect/half-flow.ts'
import { u32 } from '../collect/octets.ts'
import { Sequence } from '../collect/sequence.ts'
import { readPacketRecord } from './packet-record.ts'

const VERSION = 5
const IPV4 = 1
const IPV6 = 2
/** Sample types of the standard's own enterprise, 0. */
const SAMPLE = { flow: 1, counters: 2, expandedFlow: 3, expandedCounters: 4 } as const
const RATE_MAX = 2 ** 24

/** sFlow version 5 (sflow.org, 2004): sampled packets, and counters of interfaces, which are only counted. */
export const SFLOW: ExportFormat = {
  name: 'sflow',
  recognises: (bytes) => bytes.length >= 4 && u32(bytes, 0) === VERSION,
  createReader: (options) => new SflowReader(options),
}

/** A sub-agent numbers its datagrams. */
class SubAgent implements DomainState {
  readonly sequence = new Sequence()
  seen = 0

  forget(): void {}
}

class SflowReader implements ExportReader {
  readonly #options: ReaderOptions
  readonly #half = new HalfFlow()
  readonly #subAgents: Domains<SubAgent>

  constructor(options: ReaderOptions) {
    this.#options = options
    this.#subAgents = new Domains(options.exporters, () => new SubAgent())
  }

  read(datagram: Datagram): void {
    const { bytes, exporter, time } = datagram
    exporter.protocol = 'sFlow v5'
    const family = bytes.length < 8 ? 0 : u32(bytes, 4)
    const address = family === IPV4 ? 4 : family === IPV6 ? 16 : 0
    let at = 8 + address
    if (address === 0 || at + 16 > bytes.length) {
      this.#options.count('truncated-datagram')
      return
    }
    if (!this.#follow(exporter, u32(bytes, at), u32(bytes, at + 4), time)) return
    const samples = u32(bytes, at + 12)
    at += 16
    for (let i = 0; i < samples; i++) {
      const next = at + 8 <= bytes.length ? at + 8 + u32(bytes, at + 4) : Number.POSITIVE_INFINITY
      if (next > bytes.length) {
        this.#options.count('truncated-datagram')
        return
      }
      this.#readSample(u32(bytes, at), at + 8, next, datagram)
      at = next
    }
  }

  /** Nothing waits. */
  expire(): void {}

  forget(exporter: Exporter): void {
    this.#subAgents.forget(exporter)
  }

  #follow(exporter: Exporter, subAgent: number, number: number, time: number): boolean {
    const agent = this.#subAgents.at(exporter, subAgent, time)
    if (agent === null) {
      this.#options.count('too-many-domains')
      return false
    }
    const missing = agent.sequence.advance(number, 1)
    exporter.lost += missing
    if (missing !== 0) this.#options.count('lost-datagrams', missing)
    return true
  }

  #readSample(type: number, at: number, end: number, datagram: Datagram): void {
    if (type === SAMPLE.flow) this.#readFlow(datagram, { at, end, header: 32, rateAt: 8 })
    else if (type === SAMPLE.expandedFlow) this.#readFlow(datagram, { at, end, header: 44, rateAt: 12 })
    else if (type === SAMPLE.counters || type === SAMPLE.expandedCounters) this.#options.count('counter-samples')
    else this.#options.count('unknown-sample')
  }

  #readFlow({ bytes, exporter, time }: Datagram, sample: FlowSample): void {
    const { at, end, header, rateAt } = sample
    if (at + header > end) {
      this.#options.count('bad-sample')
      return
    }
    const told = u32(bytes, at + rateAt)
    const rate = told >= 1 && told <= RATE_MAX ? told : 1
    exporter.rate = rate
    const records = u32(bytes, at + header - 4)
    let next = at + header
    let found = false
    for (let i = 0; i < records; i++) {
      const from = next + 8
      const to = from <= end ? from + u32(bytes, next + 4) : Number.POSITIVE_INFINITY
      if (to > end) {
        this.#options.count('bad-sample')
        return
      }
      // A sample may describe its packet in more than one way.
      found ||= this.#readRecord(u32(bytes, next), { bytes, from, to, time, rate }, exporter)
      next = to
    }
    if (!found) this.#options.count('sample-without-packet')
  }

  #readRecord(type: number, piece: PacketRecord, exporter: Exporter): boolean {
    const found = readPacketRecord(type, piece, this.#half)
    if (found === null) return false
    if (found === 'flow') this.#options.take(this.#half, exporter)
    else this.#options.sample(found, exporter)
    return true
  }
}

/** Where things are in a flow sample. */
interface FlowSample {
  at: number
  end: number
  header: number
  rateAt: number
}

/** One record of a flow sample: `bytes[from .. to)`. */
export interface PacketRecord {
  bytes: Uint8Array
  from: number
  to: number
  time: number
  rate: number
}
