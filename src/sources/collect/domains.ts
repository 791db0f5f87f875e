import type { Exporter, Exporters } from './exporters.ts'

/** What is remembered of one observation domain, source id, engine or sub-agent of an exporter. */
export interface DomainState {
  /** Of its last datagram, epoch seconds. */
  seen: number
  /** Gives back all it took of the exporter's memory. */
  forget(): void
}

/** The domains of all exporters, each with so many at most. */
export class Domains<State extends DomainState> {
  readonly #exporters: Exporters
  readonly #create: (exporter: Exporter) => State
  readonly #all = new Map<Exporter, Map<number, State>>()

  constructor(exporters: Exporters, create: (exporter: Exporter) => State) {
    this.#exporters = exporters
    this.#create = create
  }

  /** A domain of an exporter by its number; null when there is no room for a new one. */
  at(exporter: Exporter, number: number, time: number): State | null {
    const domains = this.#all.get(exporter) ?? new Map<number, State>()
    this.#all.set(exporter, domains)
    let domain = domains.get(number)
    if (domain === undefined) {
      const { domainsEach, silence } = this.#exporters.limits
      if (domains.size >= domainsEach && !reclaim(domains, time - silence)) return null
      domain = this.#create(exporter)
      domains.set(number, domain)
    }
    domain.seen = time
    return domain
  }

  *[Symbol.iterator](): Iterator<State> {
    for (const domains of this.#all.values()) yield* domains.values()
  }

  forget(exporter: Exporter): void {
    for (const domain of this.#all.get(exporter)?.values() ?? []) domain.forget()
    this.#all.delete(exporter)
  }
}

/** Forgets a domain that has been silent since `before`. */
function reclaim(domains: Map<number, DomainState>, before: number): boolean {
  for (const [number, domain] of domains) {
    if (domain.seen > before) continue
    domain.forget()
    domains.delete(number)
    return true
  }
  return false
}
