import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findTools } from '../corpora/corpus.ts'
import { collect } from './collected.ts'
import { beginningOf, type Difference, exportedAt, FlowMap, findMix, metered, softflowd } from './exporters.ts'

const PACKETS = Number(process.env.NADS_PACKETS ?? 20_000)
const PROTOCOLS: Record<string, number> = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  gre: 47,
  icmp6: 58,
  'ipv6-icmp': 58,
  sctp: 132,
  arp: 2054,
}
const ETHERNET = 14
const IPV4 = 20

const folder = mkdtempSync(join(tmpdir(), 'nads-meters-'))
afterAll(() => rmSync(folder, { recursive: true }))
const packed = findMix()
const here = packed !== null && findTools('argus', 'ra', 'nfpcapd', 'nfdump', 'softflowd', 'xz')
const capture = join(folder, 'part.pcap')

const output = (command: string, ...args: string[]): string[][] =>
  execFileSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 29, stdio: ['ignore', 'pipe', 'ignore'] })
    .split('\n')
    .map((line) => line.split(',').map((cell) => cell.trim()))

/** Where a flow is put: its protocol by number, or by name where it has none here. */
function keyOf(protocol: string, [from, fromPort]: string[], [to, toPort]: string[]): string {
  const number = PROTOCOLS[protocol.toLowerCase()] ?? protocol
  const ported = number === 6 || number === 17
  return `${number} ${from}${ported ? `:${fromPort}` : ''} ${to}${ported ? `:${toPort}` : ''}`
}

/** Frames that are no IP packets, which we count and make no flows of. */
const NO_FLOWS = new Set(['man', 'eapol', 'llc', 'stp', 'lldp', ''])

/** What argus counts, less what Ethernet takes of each frame. */
function argus(): FlowMap {
  const flows = new FlowMap()
  const file = join(folder, 'argus')
  execFileSync('argus', ['-r', capture, '-w', file], { stdio: 'ignore' })
  const fields = 'proto,saddr,sport,daddr,dport,spkts,dpkts,sbytes,dbytes'
  for (const cells of output('ra', '-r', file, '-n', '-c', ',', '-L', '-1', '-s', fields)) {
    const [protocol = '', from = '', fromPort = '', to = '', toPort = '', ...counts] = cells
    if (NO_FLOWS.has(protocol)) continue
    const [sent = 0, got = 0, sentBytes = 0, gotBytes = 0] = counts.map(Number)
    flows.put(keyOf(protocol, [from, fromPort], [to, toPort]), sent, sentBytes - sent * ETHERNET)
    flows.put(keyOf(protocol, [to, toPort], [from, fromPort]), got, gotBytes - got * ETHERNET)
  }
  return flows
}

function nfdump(): FlowMap {
  const flows = new FlowMap()
  const files = mkdtempSync(join(folder, 'nfcapd-'))
  execFileSync('nfpcapd', ['-r', capture, '-w', files], { stdio: 'ignore' })
  for (const cells of output('nfdump', '-R', files, '-q', '-o', 'csv')) {
    const [, , , from = '', to = '', fromPort = '', toPort = '', protocol = '', , , , packets, bytes] = cells
    if (bytes === undefined) continue
    flows.put(keyOf(protocol, [from, fromPort], [to, toPort]), Number(packets), Number(bytes))
  }
  return flows
}

/** Packets of every pair of addresses. */
function byPair(flows: FlowMap): ReadonlyMap<string, number> {
  const pairs = new Map<string, number>()
  for (const [key, { packets }] of flows.sums) {
    const pair = FlowMap.pairOf(key)
    pairs.set(pair, (pairs.get(pair) ?? 0) + packets)
  }
  return pairs
}

/** Why two meters differ; the difference itself where nobody knows. */
function explain(own: FlowMap, theirs: FlowMap, { key, ours, other }: Difference): string {
  if (own.tunnelled.has(key) || key.includes(':2152 ')) return 'tunnel'
  if (key.startsWith('2 ')) return 'igmp'
  if (key.startsWith('2054 ') && other.packets === 0) return 'arp'
  if (ours.packets === other.packets && other.bytes > ours.bytes) return 'trailer'
  if (other.packets > 0 && ours.bytes - other.bytes === (ours.packets - other.packets) * IPV4) return 'reassembled'
  const pair = FlowMap.pairOf(key)
  if (byPair(own).get(pair) === byPair(theirs).get(pair)) return 'later fragments'
  return `${key}: ${ours.packets}/${ours.bytes} and ${other.packets}/${other.bytes}`
}

function reasons(own: FlowMap, theirs: FlowMap): string[] {
  return [...new Set(own.differences(theirs).map((difference) => explain(own, theirs, difference)))].sort()
}

describe.skipIf(!here)('packets and bytes between two ends, of a real capture', () => {
  let own: FlowMap
  beforeAll(async () => {
    writeFileSync(capture, beginningOf(packed!, PACKETS))
    own = await metered(capture)
    expect(own.sums.size).toBeGreaterThan(1_000)
  })

  it('are those of argus, but for what is explained', () => {
    expect(reasons(own, argus())).toEqual(['igmp', 'later fragments', 'trailer', 'tunnel'])
  })

  it('are those of nfdump, but for what is explained', () => {
    expect(reasons(own, nfdump())).toEqual(['arp', 'later fragments', 'reassembled', 'tunnel'])
  })

  it('make as many flows as softflowd where no timeout runs out, but for ports and pings used anew', async () => {
    const never = {
      idleTcp: 86_400,
      idleOther: 86_400,
      halfOpen: 86_400,
      active: 86_400,
      firstSlice: 86_400,
      linger: 86_400,
    }
    const timeouts = ['tcp', 'tcp.rst', 'tcp.fin', 'udp', 'icmp', 'general'].flatMap((name) => ['-t', `${name}=86400`])
    const { collector, flows, end } = collect({ cap: 65_536 })
    for (const datagram of await softflowd(capture, '9', timeouts))
      collector.datagram(datagram, '127.0.0.1', exportedAt(datagram))
    end()
    const theirs = new FlowMap()
    for (const flow of flows) theirs.add(flow)
    const ours = await metered(capture, never)
    const other = [...ours.sums].filter(([key, { flows }]) => flows !== (theirs.sums.get(key)?.flows ?? flows))
    expect(other.filter(([key, { flows }]) => !/^(1|6|58) /.test(key) || flows < theirs.sums.get(key)!.flows)).toEqual(
      [],
    )
    expect(other.length).toBeLessThan(ours.sums.size / 100)
  })
})
