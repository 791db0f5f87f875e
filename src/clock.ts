import { uptime } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import type { Clock } from './types/clock.ts'

/** Seconds by which the machine's uptime must be ahead before it is believed to have slept, and between two looks at it. */
const SLEPT = 2
const LOOK = 1

/**
 * The machine's clock as it was when the program started, and from then on the time that passed, sleep of the machine
 * included: it never goes back, nor leaps when somebody sets the clock.
 */
function createSteadyClock(): () => number {
  const start = Date.now() / 1000
  const ran = (): number => Number(process.hrtime.bigint()) / 1e9
  const from = ran()
  const upFrom = uptime()
  let slept = 0
  let looked = 0
  return () => {
    const running = ran() - from
    if (running - looked > LOOK) {
      looked = running
      const ahead = uptime() - upFrom - running - slept
      if (ahead > SLEPT) slept += ahead
    }
    return start + running + slept
  }
}

/** The machine's clock: the one place that reads it. */
export const systemClock: Clock = {
  now: createSteadyClock(),
  sleep: (seconds, signal) =>
    setTimeout(seconds * 1000, undefined, signal === undefined ? {} : { signal }).catch(() => {}),
}
