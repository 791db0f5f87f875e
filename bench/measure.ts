import { writeFileSync } from 'node:fs'

/** What one line of a benchmark found. Costs are CPU time, user and system, of the whole process. */
export interface Measurement {
  what: string
  /** Nanoseconds an item, or what `unit` says. */
  median: number
  low: number
  high: number
  unit: string
  rounds: number
  /** Largest resident memory of the process up to here, MiB. */
  peak: number
}

const found: Measurement[] = []
/** Not called NADS_...: the program refuses settings it does not know. */
const { BENCH_RESULTS: results } = process.env
if (results !== undefined) process.once('exit', () => writeFileSync(results, JSON.stringify(found)))

/** How much of something is measured: the second figure where a run is only to show that it ends well. */
export function sized(full: number, quick: number): number {
  return process.env.BENCH_QUICK === undefined ? full : quick
}

/** Median and spread of `rounds` runs of `run`, as CPU nanoseconds for each of `items`, on one line; returns the median. */
export function measure(what: string, items: number, run: () => void, rounds = sized(7, 1)): number {
  const costs: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const cost = stopwatch()
    run()
    // The first round is the compiler's.
    if (round > 0) costs.push(cost() / items)
  }
  return report(what, costs)
}

/** The same for a run that has to be waited for. */
export async function measureAsync(
  what: string,
  items: number,
  run: () => Promise<unknown>,
  rounds = sized(7, 1),
): Promise<void> {
  const costs: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const cost = stopwatch()
    await run()
    if (round > 0) costs.push(cost() / items)
  }
  report(what, costs)
}

/** Starts counting CPU nanoseconds; ask it how many there were. */
export function stopwatch(): () => number {
  const start = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(start)
    return (user + system) * 1000
  }
}

/** One line of what was found, with the median and spread of `values`; returns the median. */
export function report(what: string, values: readonly number[], unit = 'ns'): number {
  const sorted = values.toSorted((a, b) => a - b)
  const peak = process.resourceUsage().maxRSS / 1024
  found.push({
    what,
    median: sorted[sorted.length >> 1]!,
    low: sorted[0]!,
    high: sorted.at(-1)!,
    unit,
    rounds: sorted.length,
    peak,
  })
  console.log(lineOf(found.at(-1)!))
  return found.at(-1)!.median
}

/** As text. */
export function lineOf({ what, median, low, high, unit, peak }: Measurement): string {
  const spread = low === high ? '' : `(${figure(low)} to ${figure(high)})`
  return `${what.padEnd(52)} ${figure(median).padStart(11)} ${unit.padEnd(5)} ${spread.padEnd(26)} ${Math.round(peak)} MiB peak`
}

/** Three digits that mean something. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)))
}
