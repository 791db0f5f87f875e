import type { Counter } from '../types/events.ts'

/** Stages all of whose counters tell of something not seen in full. */
const LOSING = new Set(['decode', 'server', 'source', 'sources', 'capture'])
/** How other stages name what they gave up; what else they count is what they hold or found. */
const GIVEN_UP = /evict|drop|lost|loss|\blate|satur|forgot|trunc|overflow|refus|discard|clock|emergencies|summaris/i

/** Whether a counter tells of something dropped, evicted or not understood, which a person must know of. */
export function isLoss({ name }: Counter): boolean {
  const { stage, reason } = splitName(name)
  return LOSING.has(stage) || GIVEN_UP.test(reason)
}

/** `flows.evicted` in its parts. */
export function splitName(name: string): { stage: string; reason: string } {
  const dot = name.indexOf('.')
  return dot < 0 ? { stage: '', reason: name } : { stage: name.slice(0, dot), reason: name.slice(dot + 1) }
}
