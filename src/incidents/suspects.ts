import { addressKey } from './members.ts'

/** Seconds one entity is held back at most, and seconds after which it may be again. */
const LONGEST = 3_600
const AGAIN = 6 * 3_600
/** Entities held back at once: this share of the local hosts, and never fewer than two. */
const SHARE = 0.05
const FEWEST = 2

/**
 * Who is not learned from though there is no incident: an attack no rule knows, met with an empty budget, must not become
 * normal. Few and not for long, since what is held back stays strange, and a network that has changed has to be learned.
 */
export interface Suspects {
  /** The evidence against the entity at `words[offset]` is far beyond doubt. */
  add(words: Int32Array, offset: number, time: number, localHosts: number): void
  holds(words: Int32Array, offset: number, time: number): boolean
  counters(): Record<string, number>
}

/** Starts without any. */
export function createSuspects(): Suspects {
  /** Since when, in that order. */
  const since = new Map<number, number>()
  let held = 0
  let refused = 0

  const isHeld = (at: number | undefined, time: number): boolean => at !== undefined && time - at <= LONGEST

  const forget = (time: number): void => {
    for (const [key, at] of since) {
      if (time - at <= AGAIN) return
      since.delete(key)
    }
  }

  return {
    add(words, offset, time, localHosts) {
      forget(time)
      const key = addressKey(words, offset)
      if (since.has(key)) return
      const now = [...since.values()].filter((at) => isHeld(at, time)).length
      if (now >= Math.max(FEWEST, SHARE * localHosts)) {
        refused++
        return
      }
      since.set(key, time)
      held++
    },
    holds: (words, offset, time) => since.size > 0 && isHeld(since.get(addressKey(words, offset)), time),
    counters: () => ({ suspects: held, suspects_refused: refused }),
  }
}
