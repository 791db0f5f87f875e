import { createHosts, type Hosts } from '../src/hosts/hosts.ts'
import { createRandom } from '../src/math/random.ts'
import type { FlowRecord } from '../src/types/flow.ts'
import { createCrowd } from './crowd.ts'
import { measure } from './measure.ts'

/** Prints what a flow costs in the hosts stage, and how much memory its tables take, with few and very many hosts. */
const FLOWS = 100_000

for (const [count, name, learns] of [
  [1_000, '1 k hosts', false],
  [1_000, '1 k hosts, learning', true],
  [20_000, '20 k hosts, learning', true],
  [65_000, '65 k hosts', false],
  [1_000_000, '1 M hosts, 65 k held', false],
] as const) {
  const hosts = createHosts({ seed: 1 })
  const next = createCrowd(count, createRandom(1))
  for (let i = 0; i < 4 * Math.min(count, 100_000); i++) observe(hosts, next(), learns)
  measure(name, FLOWS, () => {
    for (let i = 0; i < FLOWS; i++) observe(hosts, next(), learns)
  })
  const { pairs, baselines } = hosts.counters()
  console.log(
    `  ${hosts.size} hosts, ${pairs} pairs, ${baselines} baselines: ${(hosts.bytes / 2 ** 20).toFixed(1)} MiB`,
  )
}
measure('(of which making up the flow)', FLOWS, () => {
  const next = createCrowd(1_000, createRandom(1))
  for (let i = 0; i < FLOWS; i++) next()
})

function observe(hosts: Hosts, flow: FlowRecord, learns: boolean): void {
  const { bins } = hosts.observe(flow)
  if (learns) hosts.learn(flow.address, bins, flow.last)
}
