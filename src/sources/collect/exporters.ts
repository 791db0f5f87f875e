/** What exporters can make us remember, all together and each. */
export const LIMITS = {
  exporters: 256,
  templates: 4096,
  bytes: 16 * 2 ** 20,
  templatesEach: 1024,
  bytesEach: 4 * 2 ** 20,
  /** Observation domains, source ids or sub-agents of one exporter. */
  domainsEach: 64,
  /** Seconds of silence after which an exporter gives way to another. */
  silence: 900,
}

export type Limits = Readonly<typeof LIMITS>

/** A device that exports flows, known by its address. */
export class Exporter {
  readonly name: string
  /** Distinct among exporters known at the same time. */
  readonly index: number
  /** Of its last datagram, epoch seconds. */
  seen = 0
  templates = 0
  bytes = 0
  /** Datagrams, and the records of flows in them. */
  datagrams = 0
  records = 0
  /** Records (NetFlow v5, IPFIX) or datagrams (NetFlow v9, sFlow) that never came, by their sequence numbers. */
  lost = 0
  /** The sampling rate last applied, 1 where all packets are counted. */
  rate = 1
  /** Protocol it speaks: `NetFlow v9`. */
  protocol = ''
  /** Seconds to be added to its clock, which is far off. */
  clockShift = 0

  constructor(name: string, index: number) {
    this.name = name
    this.index = index
  }
}

/** The exporters there are, within `LIMITS`. */
export class Exporters {
  templates = 0
  bytes = 0
  refused = 0
  forgotten = 0
  /** Datagrams of all, and what those forgotten had lost. */
  datagrams = 0
  lostBefore = 0
  /** Longest silent first. */
  readonly #byAddress = new Map<string, Exporter>()
  readonly #free: number[] = []
  readonly limits: Limits
  readonly #onForget: (exporter: Exporter) => void

  constructor(onForget: (exporter: Exporter) => void = () => {}, limits: Limits = LIMITS) {
    this.#onForget = onForget
    this.limits = limits
  }

  get size(): number {
    return this.#byAddress.size
  }

  /** All there are, longest silent first. */
  list(): readonly Exporter[] {
    return [...this.#byAddress.values()]
  }

  /** The exporter at an address, given as text; null when there is no room for a new one. */
  at(name: string, time: number): Exporter | null {
    let exporter = this.#byAddress.get(name)
    if (exporter === undefined) {
      if (this.size >= this.limits.exporters && !this.#reclaim(time)) {
        this.refused++
        return null
      }
      exporter = new Exporter(name, this.#free.pop() ?? this.size)
      this.#byAddress.set(name, exporter)
    } else if (time - exporter.seen >= 1) {
      // Kept in the order of silence, but not for every datagram.
      this.#byAddress.delete(name)
      this.#byAddress.set(name, exporter)
    } else return exporter
    exporter.seen = time
    return exporter
  }

  /** Takes memory on behalf of an exporter. False, taking nothing, when a limit is reached. */
  take(exporter: Exporter, templates: number, bytes: number): boolean {
    if (exporter.templates + templates > this.limits.templatesEach) return false
    if (exporter.bytes + bytes > this.limits.bytesEach) return false
    while (this.templates + templates > this.limits.templates || this.bytes + bytes > this.limits.bytes) {
      if (!this.#reclaim(exporter.seen, exporter)) return false
    }
    this.#add(exporter, templates, bytes)
    return true
  }

  give(exporter: Exporter, templates: number, bytes: number): void {
    this.#add(exporter, -templates, -bytes)
  }

  /** Forgets the exporter that was silent longest, when that is long enough. */
  #reclaim(time: number, except?: Exporter): boolean {
    const [oldest] = this.#byAddress.values()
    if (oldest === undefined || oldest === except || time - oldest.seen < this.limits.silence) return false
    this.#byAddress.delete(oldest.name)
    this.#free.push(oldest.index)
    this.#onForget(oldest)
    this.forgotten++
    this.lostBefore += oldest.lost
    return true
  }

  #add(exporter: Exporter, templates: number, bytes: number): void {
    exporter.templates += templates
    exporter.bytes += bytes
    this.templates += templates
    this.bytes += bytes
  }
}
