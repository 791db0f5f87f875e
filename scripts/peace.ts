import type { FlowRecord } from '../src/types/flow.ts'
import { HOUR, START, watch } from '../test/learning/world.ts'
import { CASES } from '../test/peace/cases.ts'
import { isElsewhere } from '../test/peace/pieces.ts'

/** Hours of a day in which a household does what is told of, from and to; the day begins at ten in the morning. */
const HOURS: Readonly<Record<string, readonly (readonly [from: number, to: number])[]>> = {
  nothing: [],
  p2p: [
    [6, 8],
    [18, 20],
  ],
  browsing: [
    [6, 6.5],
    [12, 12.5],
    [20, 20.25],
  ],
  games: [
    [6, 8],
    [20, 22],
  ],
  outage: [
    [6, 6.5],
    [16, 16.1],
  ],
  agents: [[0, 24]],
}

/** Usage: `npx tsx scripts/peace.ts [SEED]`: what a household in peace is told of in a day, for each thing it may do. */
const seed = Number(process.argv[2] ?? 1)
for (const [name, spans] of Object.entries(HOURS)) {
  const stage = CASES[name as keyof typeof CASES]
  const times = spans.map(([from, to]) => [START + from * HOUR, START + to * HOUR] as const)
  const isDown = ({ first }: FlowRecord): boolean => times.some(([from, to]) => first >= from && first < to)
  const incidents = watch({
    seed,
    seconds: 24 * HOUR,
    added: times.flatMap(([from, to], i) => stage(10 * seed + i, from, to)),
    background: (flow) => name !== 'outage' || !isDown(flow) || !isElsewhere(flow),
  }).incidents()
  console.info(`${name}: ${incidents.length} false incidents`)
  for (const { severity, title, flows } of incidents) console.info(`  ${severity} ${title} (${flows} flows)`)
}
