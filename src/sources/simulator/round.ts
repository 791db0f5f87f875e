/** Things that come round again and again. All have one period, so that whoever had its turn last is due last. */
export interface Round<T> {
  /** The next that is due by `time`, epoch seconds, and due again `period` later; null when none is. */
  next(time: number): T | null
}

/** The first turns are spread over the first period after `start`. */
export function createRound<T>(items: readonly T[], period: number, start: number): Round<T> {
  const due = items.map((_, i) => start + (period * (i + 1)) / items.length)
  let turn = 0
  return {
    next(time) {
      if (items.length === 0 || due[turn]! > time) return null
      const item = items[turn]!
      due[turn] = time + period
      turn = (turn + 1) % items.length
      return item
    },
  }
}
