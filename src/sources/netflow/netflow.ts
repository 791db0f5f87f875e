import { Domains } from '../collect/domains.ts'
import type { Datagram, ExportFormat, ExportReader, ReaderOptions } from '../collect/export-format.ts'
import type { Exporter } from '../collect/exporters.ts'
import { HalfFlow } from '../collect/half-flow.ts'
import { u16, u32 } from '../collect/octets.ts'
import { Domain } from './domain.ts'
import { MessageReader } from './message.ts'
import { readHeaderV5, readRecordV5 } from './v5.ts'

const V9_HEADER = 20
const IPFIX_HEADER = 16
/** Domains of the versions are numbered apart. */
const VERSION_SPACE = 2 ** 32

/** NetFlow v5, NetFlow v9 (RFC 3954) and IPFIX (RFC 7011). */
export const NETFLOW: ExportFormat = {
  name: 'netflow',
  recognises: (bytes) => bytes.length >= 2 && [5, 9, 10].includes(u16(bytes, 0)),
  createReader: (options) => new NetflowReader(options),
}

class NetflowReader implements ExportReader {
  readonly #options: ReaderOptions
  readonly #domains: Domains<Domain>
  readonly #messages: MessageReader
  readonly #half = new HalfFlow()

  constructor(options: ReaderOptions) {
    this.#options = options
    this.#domains = new Domains(options.exporters, (exporter) => new Domain(options.exporters, exporter))
    this.#messages = new MessageReader(options)
  }

  read(datagram: Datagram): void {
    switch (u16(datagram.bytes, 0)) {
      case 5:
        this.#readV5(datagram)
        break
      case 9:
        this.#readV9(datagram)
        break
      default:
        this.#readIpfix(datagram)
    }
  }

  expire(time: number): void {
    let given = 0
    for (const domain of this.#domains) given += domain.held.expire(time)
    if (given > 0) this.#options.count('no-template', given)
  }

  forget(exporter: Exporter): void {
    this.#domains.forget(exporter)
  }

  #readV5({ bytes, exporter, time }: Datagram): void {
    const header = readHeaderV5(bytes)
    if (header === null) {
      this.#options.count('truncated-datagram')
      return
    }
    exporter.protocol = 'NetFlow v5'
    const domain = this.#domainOf(exporter, 5, header.engine, time)
    if (domain === null) return
    if (header.there < header.count) this.#options.count('truncated-datagram')
    this.#follow(exporter, domain.sequence.advance(header.sequence, header.count), 'lost-records')
    adjustClock(exporter, header.exported, time)
    exporter.rate = header.rate
    for (let i = 0; i < header.there; i++) {
      readRecordV5(bytes, i, header, exporter.clockShift, this.#half)
      if (this.#half.packets === 0) this.#options.count('no-packets')
      else this.#options.take(this.#half, exporter)
    }
  }

  #readV9({ bytes, exporter, time }: Datagram): void {
    if (bytes.length < V9_HEADER) {
      this.#options.count('truncated-datagram')
      return
    }
    exporter.protocol = 'NetFlow v9'
    const domain = this.#domainOf(exporter, 9, u32(bytes, 16), time)
    if (domain === null) return
    const uptime = u32(bytes, 4)
    // An uptime that went back says that the exporter was started anew: so were its numbers.
    if (uptime < domain.uptime && domain.uptime - uptime < 2 ** 31) domain.sequence.reset()
    domain.uptime = uptime
    this.#follow(exporter, domain.sequence.advance(u32(bytes, 12), 1), 'lost-datagrams')
    const exported = u32(bytes, 8)
    adjustClock(exporter, exported, time)
    this.#messages.read(bytes, V9_HEADER, bytes.length, {
      exporter,
      domain,
      isIpfix: false,
      sent: { exported, uptime, arrived: time },
    })
  }

  #readIpfix({ bytes, exporter, time }: Datagram): void {
    if (bytes.length < IPFIX_HEADER) {
      this.#options.count('truncated-datagram')
      return
    }
    exporter.protocol = 'IPFIX'
    const domain = this.#domainOf(exporter, 10, u32(bytes, 12), time)
    if (domain === null) return
    const length = u16(bytes, 2)
    if (length > bytes.length) this.#options.count('truncated-datagram')
    const exported = u32(bytes, 4)
    adjustClock(exporter, exported, time)
    const records = this.#messages.read(bytes, IPFIX_HEADER, Math.min(length, bytes.length), {
      exporter,
      domain,
      isIpfix: true,
      sent: { exported, uptime: -1, arrived: time },
    })
    this.#follow(exporter, domain.sequence.advance(u32(bytes, 8), length > bytes.length ? -1 : records), 'lost-records')
  }

  #domainOf(exporter: Exporter, version: number, number: number, time: number) {
    const domain = this.#domains.at(exporter, version * VERSION_SPACE + number, time)
    if (domain === null) this.#options.count('too-many-domains')
    return domain
  }

  #follow(exporter: Exporter, missing: number, what: string): void {
    if (missing === 0) return
    exporter.lost += missing
    this.#options.count(what, missing)
  }
}

/** Seconds a clock may be off before its times are shifted to when the datagrams come. */
const CLOCK_TOLERANCE = 120

/** Times of an exporter whose clock is far off are told by the clock here. */
export function adjustClock(exporter: Exporter, exported: number, arrived: number): void {
  const off = arrived - exported
  if (Math.abs(off) <= CLOCK_TOLERANCE) exporter.clockShift = 0
  else if (Math.abs(off - exporter.clockShift) > CLOCK_TOLERANCE) exporter.clockShift = off
}
