import { loadConfig } from '../src/config.ts'
import { createRandom } from '../src/math/random.ts'
import { createPipeline } from '../src/pipeline.ts'
import { rulesOf } from '../src/request.ts'
import { createCrowd } from './crowd.ts'
import { report, sized } from './measure.ts'

/**
 * Prints how much all that is known of 20,000 hosts takes, and all that was learned of them, table by table and in sum; beside it
 * by how much the process grew, garbage apart, which the compiler's code is in.
 */
const HOSTS = 20_000
const FLOWS = sized(400_000, 40_000)
const MB = 1e6

const config = loadConfig(undefined, {})
const rules = rulesOf({ config, sources: [] })
const next = createCrowd(HOSTS, createRandom(1))
globalThis.gc?.()
const before = process.memoryUsage().rss
const pipeline = createPipeline({ config, rules })
for (let i = 0; i < FLOWS; i++) pipeline.flow(next())
globalThis.gc?.()
const grown = process.memoryUsage().rss - before

const { rules: counting = 0, ...known } = pipeline.bytes()
const held = (name: string): number =>
  pipeline.stats().counters.find((counter) => counter.name === `hosts.${name}`)?.value ?? 0
console.log(`${held('hosts')} hosts, ${held('pairs')} pairs, ${held('baselines')} baselines, ${held('beacons')} series`)
for (const [name, bytes] of Object.entries(known)) report(name, [bytes / MB], 'MB')
const sum = Object.values(known).reduce((all, bytes) => all + bytes, 0)
report('hosts and models', [sum / MB], 'MB')
report('what rules count, at that time', [counting / MB], 'MB')
report('by which the process grew', [grown / MB], 'MB')
