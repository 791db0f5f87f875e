import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../src/config.ts'
import { createPipeline } from '../src/pipeline.ts'
import { rulesOf } from '../src/request.ts'
import { createSimulator } from '../src/sources/simulator/simulator.ts'
import { built, outputOf } from './built.ts'
import { report } from './measure.ts'
import { writeTraffic } from './traffic.ts'

/**
 * Prints what a capture costs from its bytes to verdicts, start of the program included, for one length and three times that:
 * `npx tsx bench/whole.ts [packets]`; and what single flows cost behind the flow table, of a household and its attacks.
 */
const PACKETS = Number(process.argv[2] ?? 1_000_000)
const ROUNDS = 2
const FLOWS = 60_000

interface Cost {
  packets: number
  flows: number
  seconds: number
  peak: number
}

const judge = built('judge')
const folder = mkdtempSync(join(tmpdir(), 'nads-whole-'))
try {
  for (const packets of [PACKETS, 3 * PACKETS]) bench(packets)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
await benchFlows()

function bench(packets: number): void {
  const path = join(folder, 'traffic.pcap')
  writeTraffic(path, { packets, content: true })
  const costs = Array.from({ length: ROUNDS }, () => costOf(path))
  const name = `${packets / 1e6} M packets`
  report(
    `${name}: a packet`,
    costs.map((cost) => (cost.seconds * 1e9) / cost.packets),
  )
  report(
    `${name}: a flow, its packets included`,
    costs.map((cost) => (cost.seconds * 1e9) / cost.flows),
  )
  report(
    `${name}: resident at most`,
    costs.map(({ peak }) => peak),
    'MiB',
  )
}

function costOf(path: string): Cost {
  return outputOf(judge, path)
}

/** Wall time of each call, so that the slowest can be told: what else the machine does is in it. */
async function benchFlows(): Promise<void> {
  const config = loadConfig(undefined, {})
  const pipeline = createPipeline({ config, rules: rulesOf({ config, sources: [] }) })
  const times: number[] = []
  const simulator = createSimulator({ seed: 1, scenario: 'home', start: 1_700_000_000, rate: 10, flows: FLOWS })
  await simulator.run(
    {
      frame() {},
      flush() {},
      tick() {},
      flow(record) {
        const start = performance.now()
        pipeline.flow(record)
        times.push((performance.now() - start) * 1e6)
      },
    },
    new AbortController().signal,
  )
  const settled = times.slice(times.length >> 1).sort((a, b) => a - b)
  const at = (share: number): number => settled[Math.floor(settled.length * share)]!
  report('all detection of a flow, median', [at(0.5)])
  report('all detection of a flow, 99th percentile', [at(0.99)])
  report('all detection of a flow, 99.9th percentile', [at(0.999)])
}
