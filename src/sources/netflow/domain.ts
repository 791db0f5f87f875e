import type { DomainState } from '../collect/domains.ts'
import type { Exporter, Exporters } from '../collect/exporters.ts'
import { Sequence } from '../collect/sequence.ts'
import { HeldSets } from './held.ts'
import { Sampling } from './sampling.ts'
import type { Template } from './template.ts'

/** What is remembered of one observation domain (IPFIX), source (NetFlow v9) or engine (v5) of an exporter. */
export class Domain implements DomainState {
  readonly sampling = new Sampling()
  readonly sequence = new Sequence()
  readonly held: HeldSets
  seen = 0
  /** The last uptime told, milliseconds. */
  uptime = 0
  /** When the exporter was started, where its options told; epoch seconds on its clock. */
  booted = 0
  readonly #exporter: Exporter
  readonly #exporters: Exporters
  /** Longest not announced first. */
  readonly #templates = new Map<number, Template>()

  constructor(exporters: Exporters, exporter: Exporter) {
    this.#exporters = exporters
    this.#exporter = exporter
    this.held = new HeldSets(exporters, exporter)
  }

  template(id: number): Template | undefined {
    return this.#templates.get(id)
  }

  /**
   * Remembers a template. At a limit the domain's own one that was longest not announced gives way; false when it has
   * none. `evicted` is told how many gave way.
   */
  learn(id: number, template: Template, evicted: (count: number) => void): boolean {
    this.withdraw(id)
    while (!this.#exporters.take(this.#exporter, 1, template.cost)) {
      const [oldest] = this.#templates.keys()
      if (oldest === undefined) return false
      this.withdraw(oldest)
      evicted(1)
    }
    this.#templates.set(id, template)
    return true
  }

  /** Forgets a template (RFC 7011, 8.1). */
  withdraw(id: number): void {
    const template = this.#templates.get(id)
    if (template === undefined) return
    this.#templates.delete(id)
    this.#exporters.give(this.#exporter, 1, template.cost)
  }

  withdrawAll(options: boolean): void {
    for (const [id, template] of this.#templates) if (template.options === options) this.withdraw(id)
  }

  forget(): void {
    for (const id of this.#templates.keys()) this.withdraw(id)
    this.held.expire(Number.POSITIVE_INFINITY)
  }
}
