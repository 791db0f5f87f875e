import type { Gap } from '../../types/events.ts'

/** Kept with their times; of older ones only the number is known. */
const KEPT = 20

/** When a source saw nothing for want of its input. */
export class Gaps {
  count = 0
  #gaps: Gap[] = []

  /** A gap begins, unless one lasts already. */
  open(from: number, reason: string): void {
    if (this.current !== null) return
    this.count++
    this.#gaps = [...this.#gaps, { from, to: null, reason }].slice(-KEPT)
  }

  /** The gap, if there is one, is over. */
  close(to: number): void {
    const gap = this.current
    if (gap !== null) gap.to = Math.max(gap.from, to)
  }

  /** The one that lasts. */
  get current(): Gap | null {
    const last = this.#gaps.at(-1)
    return last === undefined || last.to !== null ? null : last
  }

  get list(): Gap[] {
    return this.#gaps.map((gap) => ({ ...gap }))
  }
}
