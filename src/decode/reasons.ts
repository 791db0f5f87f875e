/** Distinct numbers named per kind of reason; what comes after them is counted as `<kind>-other`. */
const NUMBERED_MAX = 64

/** Counts what could not be decoded, by reason. Bounded, and without an allocation once a reason is known. */
export class Reasons {
  readonly #counts = new Map<string, number>()
  readonly #numbered = new Map<string, Map<number, string>>()

  count(reason: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1)
  }

  /** Counts `<kind>-<number>`, in hexadecimal when `radix` is 16. */
  countNumber(kind: string, number: number, radix: 10 | 16): void {
    this.count(this.#name(kind, number, radix))
  }

  counters(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  #name(kind: string, number: number, radix: 10 | 16): string {
    let names = this.#numbered.get(kind)
    if (names === undefined) {
      names = new Map()
      this.#numbered.set(kind, names)
    }
    const known = names.get(number)
    if (known !== undefined) return known
    if (names.size >= NUMBERED_MAX) return `${kind}-other`
    const name = `${kind}-${radix === 16 ? '0x' : ''}${number.toString(radix)}`
    names.set(number, name)
    return name
  }
}
