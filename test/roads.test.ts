import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { configSchema } from '../src/config.ts'
import { copyFlowRecord, createFlowRecord } from '../src/net/flow-record.ts'
import { createPipeline } from '../src/pipeline.ts'
import { rulesOf } from '../src/request.ts'
import { run } from '../src/run.ts'
import type { FlowRecord } from '../src/types/flow.ts'
import type { Incident } from '../src/types/incident.ts'
import { connLog, connLogJson } from './conn-log.ts'
import { findTools } from './corpora/corpus.ts'
import { collect } from './exports/collected.ts'
import { exportedAt, softflowd } from './exports/exporters.ts'
import { findData } from './tabular/sets.ts'

/** Captures of attacks, small ones. */
const ATTACKS = [
  'UDP_SCAN.pcap',
  'sshguess.pcap',
  'bruteforce.pcap',
  'test12-icmp-portscan.pcap',
  'dns-tunnel-iodine.pcap',
  'WebattackSQLinj.pcap',
]

/** nfpcapd makes every DNS message a flow of its own, so there is no conversation of many. */
const NOT_BY_NFPCAPD = 'dns-tunnel-iodine.pcap'

const golden = resolve(import.meta.dirname, 'golden')
const captures = readdirSync(golden).map((name) => [name, join(golden, name, 'input.pcap')] as const)
const attacks = ATTACKS.flatMap((name) => {
  const path = findData(`attacks/${name}`)
  return path === null ? [] : [[name, path] as const]
})
const here = findTools('softflowd', 'nfpcapd', 'nfdump')

const folder = mkdtempSync(join(tmpdir(), 'nads-roads-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The model never learns enough to judge: what it has seen differs between the roads. */
const config = configSchema.parse({ detection: { warmup: 100_000 } })
const rules = rulesOf({ config, sources: [] })
const clock = { now: () => 0, sleep: async () => {} }

interface Seen {
  incidents: Incident[]
  /** Titles of the rules that find nothing there. */
  blind: readonly string[]
}

async function read(file: string): Promise<Seen & { flows: FlowRecord[] }> {
  const flows: FlowRecord[] = []
  const { incidents, stats } = await run(
    { config, sources: [{ name: 'read', kind: 'read', files: [file] }] },
    {
      clock,
      signal: new AbortController().signal,
      judged: ({ flow }) => void flows.push(copyFlowRecord(flow, createFlowRecord())),
    },
  )
  return { incidents, flows, blind: stats.blind.flatMap(({ to }) => to) }
}

async function readText(name: string, content: string | Buffer): Promise<Seen> {
  const path = join(folder, name)
  writeFileSync(path, content)
  return read(path)
}

/** An exporter that tells of a flow as a router does: after a minute, or 15 s of silence. */
const TIMEOUTS = ['tcp=60', 'udp=15', 'icmp=15', 'general=15', 'maxlife=60', 'expint=1'].flatMap((t) => ['-t', t])

async function exported(capture: string, version: '9' | '10'): Promise<Seen> {
  const pipeline = createPipeline({ config, rules })
  const { collector, flows, end } = collect({ cap: 65_536 })
  const judge = (): void => {
    for (const flow of flows.splice(0)) pipeline.flow(flow)
  }
  for (const datagram of await softflowd(capture, version, TIMEOUTS)) {
    collector.datagram(datagram, '127.0.0.1', exportedAt(datagram))
    collector.advance(exportedAt(datagram))
    judge()
  }
  end()
  judge()
  pipeline.finish()
  return { incidents: pipeline.incidents(), blind: pipeline.blind(new Set(collector.lacks())).to }
}

function dumped(capture: string): Promise<Seen> {
  const files = mkdtempSync(join(folder, 'nfcapd-'))
  execFileSync('nfpcapd', ['-r', capture, '-e', '60,15', '-w', files], { stdio: 'ignore' })
  const options = { env: { ...process.env, TZ: 'UTC' }, maxBuffer: 2 ** 28 }
  return readText('nfdump.csv', execFileSync('nfdump', ['-R', files, '-O', 'tend', '-o', 'csv'], options))
}

/** What was found on whom: `Port Scan: 10.0.0.5 > 10.0.0.9`, `many` where there are several. */
function named({ type, sources, sourceCount, targets, targetCount }: Incident): string {
  return `${type}: ${sourceCount === 1 ? sources[0] : 'many'} > ${targetCount === 1 ? targets[0] : 'many'}`
}

/** What the capture showed and a road can show, too: by some rule that is not blind there. */
function visible(incidents: readonly Incident[], { blind }: Seen): string[] {
  const seeing = new Set(rules.filter(({ title }) => !blind.includes(title)).map(({ id }) => id))
  return incidents
    .filter(({ reasons }) => reasons.some(({ rule }) => rule !== undefined && seeing.has(rule)))
    .map(named)
}

const distinct = (names: readonly string[]): string[] => [...new Set(names)].sort()

describe.skipIf(!here).each([...captures, ...attacks])('%s by every road', (name, capture) => {
  it('gives the same incidents, but for what that road says it is blind to', async () => {
    const { flows, ...seen } = await read(capture)
    const roads: Record<string, Seen> = {
      'conn.log': await readText('conn.log', connLog(flows)),
      'conn.log as JSON': await readText('conn.json', connLogJson(flows)),
      'NetFlow v9': await exported(capture, '9'),
      IPFIX: await exported(capture, '10'),
      ...(name !== NOT_BY_NFPCAPD && { nfdump: await dumped(capture) }),
    }
    for (const [road, found] of Object.entries(roads)) {
      expect({ road, found: distinct(found.incidents.map(named)) }).toEqual({
        road,
        found: distinct(visible(seen.incidents, found)),
      })
    }
  })
})
