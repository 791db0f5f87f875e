import type { Exporter, Exporters } from '../collect/exporters.ts'

/** Seconds a data set waits for its template. */
const PATIENCE = 60
/** Bytes of one domain that wait. */
const BYTES_MAX = 256 * 1024
/** What a set costs beside its bytes. */
const OVERHEAD = 128

/** When a message was sent. */
export interface MessageTime {
  /** Epoch seconds, on the exporter's clock. */
  exported: number
  /** The exporter's uptime at that instant, milliseconds; -1 where it is not told. */
  uptime: number
  /** When it came, epoch seconds. */
  arrived: number
}

interface HeldSet {
  bytes: Uint8Array
  sent: MessageTime
}

/** Data sets that came before their templates. */
export class HeldSets {
  readonly #exporters: Exporters
  readonly #exporter: Exporter
  /** By template; the template waited for longest first. */
  readonly #sets = new Map<number, HeldSet[]>()
  #bytes = 0

  constructor(exporters: Exporters, exporter: Exporter) {
    this.#exporters = exporters
    this.#exporter = exporter
  }

  /** Keeps a copy; false when there is no room. */
  hold(template: number, bytes: Uint8Array, sent: MessageTime): boolean {
    const cost = bytes.length + OVERHEAD
    if (this.#bytes + cost > BYTES_MAX || !this.#exporters.take(this.#exporter, 0, cost)) return false
    this.#bytes += cost
    const set = { bytes: Uint8Array.from(bytes), sent: { ...sent } }
    const others = this.#sets.get(template)
    if (others === undefined) this.#sets.set(template, [set])
    else others.push(set)
    return true
  }

  /** Hands the sets of a template on, which now is there. */
  release(template: number, take: (bytes: Uint8Array, sent: MessageTime) => void): void {
    for (const { bytes, sent } of this.#remove(template)) take(bytes, sent)
  }

  /** Gives up what waited too long. Returns how many sets that were. */
  expire(time: number): number {
    let given = 0
    for (const [template, sets] of this.#sets) {
      if (time - sets[0]!.sent.arrived < PATIENCE) break
      given += this.#remove(template).length
    }
    return given
  }

  #remove(template: number): readonly HeldSet[] {
    const sets = this.#sets.get(template)
    if (sets === undefined) return []
    this.#sets.delete(template)
    const bytes = sets.reduce((sum, set) => sum + set.bytes.length + OVERHEAD, 0)
    this.#bytes -= bytes
    this.#exporters.give(this.#exporter, 0, bytes)
    return sets
  }
}
