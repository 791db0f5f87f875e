interface Identified {
  id: number | string
}

/** `arrived` (oldest first) put before `known` (newest first), at most `cap` of all; what is known already stays out. */
export function prepend<T extends Identified>(known: readonly T[], arrived: readonly T[], cap: number): T[] {
  const byId = new Map(known.map((item) => [item.id, item]))
  const fresh = new Map(arrived.filter((item) => !byId.has(item.id)).map((item) => [item.id, item]))
  return [...[...fresh.values()].reverse(), ...known].slice(0, cap)
}

/** `known` with `changed` in the place of those with the same id, last seen first, at most `cap`. */
export function replace<T extends Identified & { lastSeen: number }>(known: T[], changed: T[], cap: number): T[] {
  const byId = new Map([...known, ...changed].map((item) => [item.id, item]))
  return [...byId.values()].sort((a, b) => b.lastSeen - a.lastSeen).slice(0, cap)
}

/** `known` with the points of `changed` in the place of those of the same time, oldest first, at most `cap`. */
export function replaceByTime<T extends { time: number }>(known: T[], changed: T[], cap: number): T[] {
  const byTime = new Map([...known, ...changed].map((point) => [point.time, point]))
  return [...byTime.values()].sort((a, b) => a.time - b.time).slice(-cap)
}
