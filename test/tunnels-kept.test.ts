import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../src/config.ts'
import { tunnelLabel } from '../src/net/tunnel.ts'
import { createPipeline } from '../src/pipeline.ts'
import { parseQuery } from '../src/query/parse.ts'
import { csvOf } from '../src/server/api/csv.ts'
import { createPcapSource } from '../src/sources/pcap/pcap.ts'
import type { Sink } from '../src/sources/source.ts'
import { openDuckdb } from '../src/store/duckdb/store.ts'
import { createBatch, packFlow } from '../src/store/flow-batch.ts'
import type { KeptFlow } from '../src/types/history.ts'
import { ethernet, ipv4, packet, START, tcp, udp, vxlan } from './craft/index.ts'

const folder = join(process.env.NADS_DATA ?? '../shared/data', 'protocols')
const isMissing = !existsSync(folder)
if (isMissing && process.env.CI === 'true') throw new Error(`missing: ${folder}`)
if (isMissing) console.warn(`skipped: missing ${folder}`)

interface Feed {
  run(sink: Sink, signal: AbortSignal): Promise<unknown>
}

/** What the history says of the flows a source shows that the search finds, and what their records say once read back. */
async function kept(source: Feed, search: string): Promise<{ flows: KeptFlow[]; tunnels: string[] }> {
  const batch = createBatch(1000)
  const pipeline = createPipeline({
    config: loadConfig(undefined, {}),
    rules: [],
    onJudged: ({ flow }, verdict) =>
      packFlow(batch, batch.count++, flow, { verdict, type: null, incident: null, weight: 1 }),
  })
  await source.run(pipeline.intake('pcap') as Sink, new AbortController().signal)
  pipeline.finish()
  const store = await openDuckdb({ folder: null, stamp: 'x', warn: () => {} })
  store.putFlows(batch)
  await store.flush()
  const { items } = await store.flows(parseQuery(search, 0), { limit: 1000 })
  const tunnels = new Set<string>()
  await store.eachFlow({ from: 0, to: 4e9 }, ({ tunnel }) => void (tunnel && tunnels.add(tunnelLabel(tunnel))))
  await store.close()
  return { flows: items, tunnels: [...tunnels] }
}

const crafted: Feed = {
  async run(sink) {
    const inside = [
      ethernet(),
      ipv4({ src: '10.0.0.1', dst: '10.0.0.2' }),
      tcp({ srcPort: 4000, dstPort: 80, flags: 'S' }),
    ]
    const outside = ipv4({ src: '192.0.2.1', dst: '192.0.2.2' })
    const frames = [
      packet(ethernet(), outside, udp({ srcPort: 5000, dstPort: 4789 }), vxlan({ network: 42 }), ...inside),
      packet(ethernet(), ipv4({ src: '10.0.0.3', dst: '10.0.0.4' }), tcp({ srcPort: 4000, dstPort: 80 })),
    ]
    for (const bytes of frames) sink.frame(bytes, 0, bytes.length, bytes.length, START, 1)
    sink.flush()
  },
}

describe('the tunnel of a flow', () => {
  it('is in the history beside the addresses inside, is searched for, exported, and read back', async () => {
    const { flows, tunnels } = await kept(crafted, 'tunnel:192.0.2.1')
    expect(flows.map(({ source, destination, tunnel }) => [source, destination, tunnel])).toEqual([
      ['10.0.0.1', '10.0.0.2', 'vxlan/42 192.0.2.1 192.0.2.2'],
    ])
    expect(tunnels).toEqual(['vxlan/42 192.0.2.1 192.0.2.2'])
    expect(csvOf(flows)).toContain(',vxlan/42 192.0.2.1 192.0.2.2')
    const all = (await kept(crafted, '-tunnel:vxlan')).flows
    expect(all.map(({ source, tunnel }) => [source, tunnel])).toEqual([['10.0.0.3', null]])
  })

  it.skipIf(isMissing)('is that of real GTP-U, by its identifier', async () => {
    const { flows } = await kept(createPcapSource({ path: join(folder, 'zeek/gtp7_ipv6.pcap') }), 'tunnel:gtp-u')
    expect(flows.length).toBeGreaterThan(0)
    for (const { tunnel } of flows) expect(tunnel).toMatch(/^gtp-u\/\d+ 118\.92\.124\.41 118\.92\.124\.72$/)
  })
})
