/** Median and spread of `rounds` runs of `run`, as CPU nanoseconds (user and system) for each of `items`, on one line. */
export function measure(what: string, items: number, run: () => void, rounds = 7): void {
  const costs: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const start = process.cpuUsage()
    run()
    const used = process.cpuUsage(start)
    // The first round is the compiler's.
    if (round > 0) costs.push(((used.user + used.system) * 1000) / items)
  }
  report(what, costs)
}

/** The same for a run that has to be waited for. */
export async function measureAsync(
  what: string,
  items: number,
  run: () => Promise<unknown>,
  rounds = 7,
): Promise<void> {
  const costs: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const start = process.cpuUsage()
    await run()
    const used = process.cpuUsage(start)
    if (round > 0) costs.push(((used.user + used.system) * 1000) / items)
  }
  report(what, costs)
}

function report(what: string, costs: number[]): void {
  costs.sort((a, b) => a - b)
  const [low, median, high] = [costs[0]!, costs[costs.length >> 1]!, costs.at(-1)!].map((cost) => Math.round(cost))
  const memory = Math.round(process.memoryUsage.rss() / 2 ** 20)
  console.log(`${what.padEnd(44)} ${String(median).padStart(5)} ns  (${low} to ${high})  ${memory} MiB resident`)
}
