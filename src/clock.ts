import { setTimeout } from 'node:timers/promises'
import type { Clock } from './types/clock.ts'

/** The machine's clock: the one place that reads it. */
export const systemClock: Clock = {
  now: () => Date.now() / 1000,
  sleep: (seconds, signal) =>
    setTimeout(seconds * 1000, undefined, signal === undefined ? {} : { signal }).catch(() => {}),
}
