import { createRandom } from '../../math/random.ts'
import { sampleBatch, sampleIncident } from '../sample.case.ts'
import { openDuckdb } from './store.ts'

/** Writes without end into the folder given and says on standard output what was acknowledged; to be killed. */
const [folder, seed] = process.argv.slice(2)
const random = createRandom(Number(seed))
const store = await openDuckdb({
  folder: folder!,
  stamp: `t${seed}`,
  warn: (message) => console.log(`warn ${message}`),
  ballast: 0,
})
let next = await store.lastIncidentNumber()
console.log('open')
for (let round = 0; ; round++) {
  const incidents = Array.from({ length: 5 }, () => sampleIncident(random, ++next, 1_700_000_000 + next))
  store.putFlows(sampleBatch(round + 1, 200, 1_700_000_000 + round * 200))
  void store.flush()
  const kept = await store.putIncidents(incidents, () => null)
  const { seq } = await store.decide({ time: next, author: 'a', kind: 'note', subject: kept[0]!.id, content: null }, [
    { id: kept[0]!.id, state: 'acknowledged' },
  ])
  if (round % 10 === 9)
    await store.retain({ flowDays: 1e6, incidentDays: 1e6, maxBytes: 1e12, maxFlows: 2_000 }, 1_700_000_000)
  process.stdout.write(`kept ${kept.map(({ id }) => id).join(',')} ${seq}\n`)
}
