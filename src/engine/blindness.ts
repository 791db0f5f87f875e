import type { Blindness, Sight } from '../types/sight.ts'

/** A source as far as it matters here. */
interface Seeing {
  readonly name: string
  lacks(): readonly Sight[]
}

/** What cannot be found where that is lacking. */
export type Unseen = (lacks: ReadonlySet<Sight>) => Pick<Blindness, 'to' | 'features'>

/** Sources that lack the same are named together; those that lack nothing not at all. */
export function createBlindness(unseen: Unseen): (sources: readonly Seeing[]) => Blindness[] {
  const known = new Map<string, Omit<Blindness, 'sources'>>()
  return (sources) => {
    const told = new Map<string, Blindness>()
    for (const { name, lacks } of sources) {
      const sights = lacks()
      if (sights.length === 0) continue
      const key = sights.join()
      const one = known.get(key) ?? { lacks: [...sights], ...unseen(new Set(sights)) }
      known.set(key, one)
      const same = told.get(key)
      if (same === undefined) told.set(key, { sources: [name], ...one })
      else if (!same.sources.includes(name)) same.sources.push(name)
    }
    return [...told.values()]
  }
}
