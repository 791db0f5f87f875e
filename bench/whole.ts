import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { built, outputOf } from './built.ts'
import { report, sized } from './measure.ts'
import { writeTraffic } from './traffic.ts'

/**
 * Prints what a capture costs from its bytes to verdicts, start of the program included, for one length and three times that:
 * `npx tsx bench/whole.ts [packets]`.
 */
const PACKETS = Number(process.argv[2] ?? sized(1_000_000, 100_000))
const ROUNDS = sized(2, 1)

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
