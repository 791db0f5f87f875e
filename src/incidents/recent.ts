/** When each of a bounded number of hosts was last noted; at the cap whoever was noted longest ago is forgotten. */
export class Recent {
  readonly #times = new Map<number, number>()
  readonly #cap: number

  constructor(cap: number) {
    this.#cap = cap
  }

  get size(): number {
    return this.#times.size
  }

  /** Notes a host at `time`; true when it was not known. */
  note(host: number, time: number): boolean {
    const isNew = !this.#times.delete(host)
    this.#times.set(host, time)
    if (this.#times.size > this.#cap) this.#times.delete(this.#times.keys().next().value!)
    return isNew
  }

  /** When it was last noted, minus infinity when it is not known. */
  last(host: number): number {
    return this.#times.get(host) ?? Number.NEGATIVE_INFINITY
  }
}
