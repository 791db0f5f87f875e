import { addressKey } from './members.ts'

/** Seconds one entity is held back at most, and seconds after which it may be again. */
const LONGEST = 3_600
const AGAIN = 6 * 3_600
/** Entities held back at once: this share of the local hosts, and never fewer than two. */
const SHARE = 0.05
const FEWEST = 2
/** Flows in a minute that the models alone object to, of one entity, which are a flood whatever they add up to. */
const FLOOD = 200
const MINUTE = 60
/** Entities whose flows are counted; at the cap all counts begin anew. */
const COUNTED = 4_096

/**
 * Who is not learned from though there is no incident: an attack no rule knows, met with an empty budget, must not become
 * normal. Few and not for long, since what is held back stays strange, and a network that has changed has to be learned.
 */
export interface Suspects {
  /** The evidence against the entity at `words[offset]` is far beyond doubt. */
  add(words: Int32Array, offset: number, time: number, localHosts: number): void
  /**
   * Counts a flow of it that the models alone object to. A flood is one conversation, which as evidence counts once, and would
   * be learned before it has added up.
   */
  strange(words: Int32Array, offset: number, time: number, localHosts: number): void
  holds(words: Int32Array, offset: number, time: number): boolean
  counters(): Record<string, number>
}

/** Starts without any. */
export function createSuspects(): Suspects {
  /** Since when, in that order. */
  const since = new Map<number, number>()
  /** Flows counted in the minute that began then. */
  const counts = new Map<number, number>()
  let began = Number.NEGATIVE_INFINITY
  let held = 0
  let refused = 0

  const isHeld = (at: number | undefined, time: number): boolean => at !== undefined && time - at <= LONGEST

  const forget = (time: number): void => {
    for (const [key, at] of since) {
      if (time - at <= AGAIN) return
      since.delete(key)
    }
  }

  const add = (key: number, time: number, localHosts: number): void => {
    forget(time)
    if (since.has(key)) return
    const now = [...since.values()].filter((at) => isHeld(at, time)).length
    if (now >= Math.max(FEWEST, SHARE * localHosts)) {
      refused++
      return
    }
    since.set(key, time)
    held++
  }

  return {
    add: (words, offset, time, localHosts) => add(addressKey(words, offset), time, localHosts),
    strange(words, offset, time, localHosts) {
      if (time - began >= MINUTE || counts.size >= COUNTED) {
        began = time
        counts.clear()
      }
      const key = addressKey(words, offset)
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      if (count === FLOOD) add(key, time, localHosts)
    },
    holds: (words, offset, time) => since.size > 0 && isHeld(since.get(addressKey(words, offset)), time),
    counters: () => ({ suspects: held, suspects_refused: refused }),
  }
}
