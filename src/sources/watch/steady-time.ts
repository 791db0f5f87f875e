/** Packets reach us at most so late, seconds: what the kernel and the capturing program hold back. */
const LATE = 30
/** Clocks of two programs may seem so far apart, seconds. */
const EARLY = 1

/**
 * Puts the times of live packets, which follow the clock of the machine however it is set, on a clock that only goes forward:
 * a packet is at most `LATE` older than the moment it is read, and never younger. Otherwise the machine's clock was set, and
 * all that follow are moved by as much.
 */
export class SteadyTime {
  /** Times the machine's clock was found set. */
  steps = 0
  #offset = 0

  /** The steady time, epoch seconds, of a packet that bears `time` and is read at `now`. */
  of(time: number, now: number): number {
    const steady = time + this.#offset
    if (steady <= now + EARLY && steady >= now - LATE) return Math.min(steady, now)
    this.steps++
    this.#offset = now - time
    return now
  }
}
