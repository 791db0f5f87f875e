/** Flows end out of order by less than this, seconds. */
const TOLERANCE = 3600
/** So many flows in a row from further back mean that the clock was set back. */
const PERSISTENCE = 64
/** Seconds: where bucket numbers of 15 s still fit 32 bits. */
const END = 2 ** 31 * 15

/** The newest time seen, kept sane: no time at all becomes now, and a clock set back is noticed and followed. */
export class FlowClock {
  now = 0
  /** First time seen; -1 before. */
  started = -1
  /** Times the clock was set back. */
  steps = 0
  private old = 0

  /** Goes on where a saved clock stopped. */
  resume(started: number, now: number): void {
    this.started = started
    this.now = now
  }

  /** The time to use for a flow. Returns a negative number once when the clock was just set back: call again. */
  at(time: number): number {
    if (!(time >= 0 && time < END)) return this.now
    if (this.started < 0) this.started = time
    if (time >= this.now - TOLERANCE) {
      this.old = 0
      this.now = Math.max(this.now, time)
      return time
    }
    if (++this.old < PERSISTENCE) return time
    this.old = 0
    this.now = time
    this.started = Math.min(this.started, time)
    this.steps++
    return -1
  }
}
