import { createHosts, type Hosts } from '../src/hosts/hosts.ts'
import { createRandom, integer, type Random } from '../src/math/random.ts'
import { createFlowRecord, PROTOCOL } from '../src/net/flow-record.ts'
import type { FlowRecord } from '../src/types/flow.ts'
import { measure } from './measure.ts'

/** Prints what a flow costs in the hosts stage, and how much memory its tables take, with few and very many hosts. */
const FLOWS = 100_000
const PORTS = [53, 80, 123, 443, 443, 443, 445, 993, 8883]
const START = 1_700_000_000

for (const [count, name, learns] of [
  [1_000, '1 k hosts', false],
  [1_000, '1 k hosts, learning', true],
  [20_000, '20 k hosts, learning', true],
  [65_000, '65 k hosts', false],
  [1_000_000, '1 M hosts, 65 k held', false],
] as const) {
  const hosts = createHosts({ seed: 1 })
  const random = createRandom(1)
  const flow = createFlowRecord()
  const state = { time: START }
  for (let i = 0; i < 4 * Math.min(count, 100_000); i++) observe(hosts, fill(flow, random, count, state), learns)
  measure(name, FLOWS, () => {
    for (let i = 0; i < FLOWS; i++) observe(hosts, fill(flow, random, count, state), learns)
  })
  const { pairs, baselines } = hosts.counters()
  console.log(
    `  ${hosts.size} hosts, ${pairs} pairs, ${baselines} baselines: ${(hosts.bytes / 2 ** 20).toFixed(1)} MiB`,
  )
}
measure('(of which making up the flow)', FLOWS, () => {
  const random = createRandom(1)
  const flow = createFlowRecord()
  for (let i = 0; i < FLOWS; i++) fill(flow, random, 1_000, { time: START })
})

function observe(hosts: Hosts, flow: FlowRecord, learns: boolean): void {
  const { bins } = hosts.observe(flow)
  if (learns) hosts.learn(flow.address, bins, flow.last)
}

/** A fifth of the hosts are ours; each talks mostly to a few favourites, so that pairs come back. */
function fill(flow: FlowRecord, random: Random, count: number, state: { time: number }): FlowRecord {
  const ours = integer(random, 0, Math.floor(count / 5) - 1)
  const favourite = random() < 0.8 ? (Math.imul(ours, 7919) + integer(random, 0, 3)) >>> 0 : integer(random, 0, count)
  const local = random() < 0.3
  const other = favourite % Math.floor(count * (local ? 0.2 : 0.8))
  state.time += 0.002
  flow.last = state.time
  flow.first = state.time - 1
  flow.opened = flow.first
  flow.protocol = random() < 0.6 ? PROTOCOL.tcp : PROTOCOL.udp
  flow.dstPort = PORTS[integer(random, 0, PORTS.length - 1)]!
  flow.address.fill(0)
  flow.address[2] = 0xffff
  flow.address[6] = 0xffff
  flow.address[3] = 0x0a000000 | ours
  flow.address[7] = (local ? 0x0a000000 : 0x5db80000) + other
  flow.connState = 'SF'
  flow.forward.packets = integer(random, 1, 20)
  flow.forward.bytes = flow.forward.packets * 200
  flow.forward.payload = flow.forward.packets * 150
  flow.reverse.packets = random() < 0.9 ? flow.forward.packets : 0
  flow.reverse.bytes = flow.reverse.packets * 600
  flow.reverse.payload = flow.reverse.packets * 550
  return flow
}
