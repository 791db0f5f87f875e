import { execFileSync } from 'node:child_process'
import { mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { createEcodDetector } from '../../src/detectors/ecod/detector.ts'
import { createIsolationForestDetector } from '../../src/detectors/isolation-forest/detector.ts'
import type { Feature } from '../../src/features/feature.ts'
import { FEATURES } from '../../src/features/index.ts'
import { createHostContext } from '../../src/hosts/context.ts'
import { createJudge } from '../../src/judge/judge.ts'
import { createRandom, integer } from '../../src/math/random.ts'
import { createFlowRecord } from '../../src/net/flow-record.ts'
import { run } from '../../src/run.ts'
import { createFusion } from '../../src/verdict/index.ts'
import { findData, findXz, inliers, readNslKdd } from '../tabular/sets.ts'

const LEARNED = 2_000
const TRIALS = 300

/** Rows of real data: the first 2,000 are learned, the others altered. */
interface Rows {
  features: readonly Feature[]
  rows: Float64Array[]
}

/** How often the altered features of a flow found normal are the first reasons given, all of them. */
function named({ features, rows }: Rows, altered: number): number {
  const options = { seed: 1, features, warmup: 20 }
  const detectors = [createIsolationForestDetector(options), createEcodDetector(options)]
  const judge = createJudge({ detectors, fusion: createFusion('calibrated'), features })
  const observation = { flow: createFlowRecord(), context: createHostContext(), features: new Float64Array(0) }
  for (const row of rows.slice(0, LEARNED)) for (const one of detectors) one.learn?.({ features: row })
  const highest = features.map((_, j) => Math.max(...rows.slice(0, LEARNED).map((row) => row[j]!)))
  const lowest = features.map((_, j) => Math.min(...rows.slice(0, LEARNED).map((row) => row[j]!)))
  const amounts = features.flatMap(({ words, clock }, j) => (words || clock || lowest[j] === highest[j] ? [] : [j]))
  const normal = rows.slice(LEARNED).filter((row) => {
    judge.score({ ...observation, features: row })
    return !judge.verdict.anomaly
  })
  const random = createRandom(7)
  let right = 0
  for (let trial = 0; trial < TRIALS; trial++) {
    const values = Float64Array.from(normal[integer(random, 0, normal.length - 1)]!)
    const chosen = new Set<number>()
    while (chosen.size < altered) chosen.add(amounts[integer(random, 0, amounts.length - 1)]!)
    for (const j of chosen) {
      const range = highest[j]! - lowest[j]!
      values[j] = features[j]!.scale === 'log' ? 10 * highest[j]! + 10 : highest[j]! + range
    }
    const altering = { ...observation, features: values }
    judge.score(altering)
    const first = judge.explain(altering).slice(0, altered)
    if (first.every(({ feature }) => [...chosen].some((j) => features[j]!.name === feature))) right++
  }
  return right / TRIALS
}

function ofNslKdd(path: string): Rows {
  const set = readNslKdd(path)
  const { rows, n } = inliers(set)
  const features = Array.from(
    { length: set.d },
    (_, j): Feature => ({ name: `x${j}`, label: `x${j}`, unit: '', scale: 'log', of: () => 0 }),
  )
  const step = Math.floor(n / 4_000)
  return {
    features,
    rows: Array.from({ length: 4_000 }, (_, i) =>
      Float64Array.from(rows.subarray(i * step * set.d, (i * step + 1) * set.d)),
    ),
  }
}

/** Feature vectors of the first 4,000 flows of the mix, all of them benign. */
async function ofMix(path: string): Promise<Rows> {
  const folder = mkdtempSync(join(tmpdir(), 'nads-figures-'))
  const file = join(folder, 'dev.pcap')
  execFileSync('sh', ['-c', 'xz -dc "$0" | head -c 12000000', path], {
    stdio: ['ignore', openSync(file, 'w'), 'ignore'],
  })
  const rows: Float64Array[] = []
  const judged = ({ features }: { features: Float64Array }) => {
    if (rows.length < 4_000) rows.push(features.slice())
  }
  const hooks = { clock: { now: () => 0, sleep: async () => {} }, signal: new AbortController().signal, judged }
  await run({ config: loadConfig(undefined, {}), sources: [{ name: 'read', kind: 'read', files: [file] }] }, hooks)
  rmSync(folder, { recursive: true })
  return { features: FEATURES, rows }
}

describe('reasons name what was altered in real rows', () => {
  it.each([
    ['NSL-KDD, normal rows', 'flows/nsl-kdd/KDDTrain+_full.csv.xz', ofNslKdd],
    ['flows of the mix', 'mix/dev.pcap.xz', ofMix],
  ] as const)('%s', { timeout: 240_000 }, async (name, file, read) => {
    const path = findXz() ? findData(file) : null
    if (path === null) return
    const rows = await read(path)
    const [one, three] = [named(rows, 1), named(rows, 3)]
    console.info(
      `explanation, ${name}: one altered feature first ${one.toFixed(3)}, three in the top three ${three.toFixed(3)}`,
    )
    expect(one).toBeGreaterThanOrEqual(0.95)
    expect(three).toBeGreaterThanOrEqual(0.9)
  })
})
