/** A packet this far ahead of the clock, or more, does not move it until others agree. Seconds. */
const LEAP = 300
/** A packet may be this late and still be out of order; later than that the clock may have been set back. Seconds. */
const LATE = 5
/** Packets in a row that must agree before a leap or a step back is believed. */
const WITNESSES = 8
/** What comes after a step back is later than all before it, if only by so much. Seconds. */
const INSTANT = 1e-6
/** Steps back remembered with their time; of older ones only the sum is known. */
const STEPS_MAX = 16

/**
 * The table's time: seconds that never run backwards, driven by packets whose own time may. One absurd packet does not
 * move it. When captured time is set back, an offset keeps this clock going, and `toEpoch` still finds the time as captured.
 */
export class PacketClock {
  now = Number.NEGATIVE_INFINITY
  /** Add to a captured time to get a time of this clock. */
  offset = 0
  /** Packets that came after a later one, and times the captured clock was found changed. */
  outOfOrder = 0
  steps = 0
  #witnesses = 0
  #lastWitness = 0
  #stepTimes: number[] = []
  #stepOffsets: number[] = [0]

  /** Takes the time of the next packet, `times[row]`, already on this clock. */
  observe(times: Float64Array, row: number): void {
    const time = times[row]!
    const ahead = time - this.now
    if (ahead < 0) this.outOfOrder++
    if (ahead < -LATE || ahead > LEAP) this.#doubt(time)
    else {
      this.#witnesses = 0
      if (ahead > 0) this.now = time
    }
  }

  /** Takes a time that is known to be right, such as the source's own. */
  advance(time: number): void {
    if (time + this.offset > this.now) this.now = time + this.offset
  }

  /** The captured time that `time` of this clock stands for. */
  toEpoch(time: number): number {
    let step = this.#stepTimes.length
    while (step > 0 && time <= this.#stepTimes[step - 1]!) step--
    return time - this.#stepOffsets[step]!
  }

  /** Starts anew, for another input. */
  reset(): void {
    this.now = Number.NEGATIVE_INFINITY
    this.offset = 0
    this.#witnesses = 0
    this.#stepTimes = []
    this.#stepOffsets = [0]
  }

  #doubt(time: number): void {
    if (this.now === Number.NEGATIVE_INFINITY) {
      this.now = time
      return
    }
    const sameSide = (time - this.now) * (this.#lastWitness - this.now) > 0
    const agrees = this.#witnesses > 0 && sameSide && time >= this.#lastWitness - LATE
    this.#witnesses = agrees ? this.#witnesses + 1 : 1
    this.#lastWitness = time
    if (this.#witnesses < WITNESSES) return
    this.#witnesses = 0
    this.steps++
    if (time > this.now) this.now = time
    else this.#stepBack(this.now - time + INSTANT)
  }

  #stepBack(seconds: number): void {
    this.offset += seconds
    this.#stepTimes.push(this.now)
    this.#stepOffsets.push(this.offset)
    if (this.#stepTimes.length <= STEPS_MAX) return
    this.#stepTimes.shift()
    this.#stepOffsets.shift()
  }
}
