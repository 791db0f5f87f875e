/** Initial packets opened a second, by the time of the packets: each costs some 70 microseconds. */
const PER_SECOND = 2000
/** Hellos waited for at once; the one waited for longest gives way. */
const WAITING_MAX = 1024

/** Something that can be told to wait no longer. */
interface Waiting {
  giveUp(): void
}

/** What reading QUIC may cost, whoever sends how much of it. */
export class QuicLimits {
  /** Packets not opened, and hellos not waited for, because it would have been too much. */
  refused = 0
  #second = Number.NaN
  #left = 0
  readonly #waiting: (Waiting | undefined)[] = []
  #oldest = 0

  /** True when one more packet may be opened at `time`, epoch seconds. */
  spend(time: number): boolean {
    const second = Math.floor(time)
    if (second !== this.#second) {
      this.#second = second
      this.#left = PER_SECOND
    }
    if (this.#left > 0) {
      this.#left--
      return true
    }
    this.refused++
    return false
  }

  /** Holds a place for `one`, which is to `leave` it. Returns the place. */
  wait(one: Waiting): number {
    const place = this.#oldest
    this.#oldest = (place + 1) % WAITING_MAX
    const before = this.#waiting[place]
    if (before !== undefined) {
      this.refused++
      before.giveUp()
    }
    this.#waiting[place] = one
    return place
  }

  leave(place: number): void {
    this.#waiting[place] = undefined
  }
}
