import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FlowOptions } from '../../src/flows/options.ts'
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
  // Argus calls UDP so where it finds such content in it.
  rtp: 17,
  rtcp: 17,
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
const NO_FLOWS = new Set(['man', 'eapol', 'llc', 'stp', 'lldp', 'loop', ''])

/** What argus counts, less what Ethernet takes of each frame. */
function argus(settings = ''): FlowMap {
  const flows = new FlowMap()
  const file = join(folder, 'argus')
  const own = join(folder, 'argus.conf')
  rmSync(file, { force: true })
  writeFileSync(own, settings)
  execFileSync('argus', ['-F', own, '-r', capture, '-w', file], { stdio: 'ignore' })
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

function nfdump(...timeouts: string[]): FlowMap {
  const flows = new FlowMap()
  const files = mkdtempSync(join(folder, 'nfcapd-'))
  execFileSync('nfpcapd', ['-r', capture, ...timeouts, '-w', files], { stdio: 'ignore' })
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

/** GTP-U and Teredo. */
const CARRIERS = /:(2152|3544)( |$)/

/** Why two meters differ, which count as many packets between two addresses or not; the difference itself where nobody knows. */
function explain(own: FlowMap, samePair: boolean, { key, ours, other }: Difference): string {
  if (own.tunnelled.has(key) || CARRIERS.test(key)) return 'tunnel'
  if (key.startsWith('2 ')) return 'igmp'
  if (key.startsWith('2054 ') && other.packets === 0) return 'arp'
  if (ours.packets === other.packets && other.bytes > ours.bytes) return 'trailer'
  if (other.packets > 0 && ours.bytes - other.bytes === (ours.packets - other.packets) * IPV4) return 'reassembled'
  if (samePair) return 'later fragments'
  return `${key}: ${ours.packets}/${ours.bytes} and ${other.packets}/${other.bytes}`
}

const DNS = /^17 \S+:(53|5353|5355) |:(53|5353|5355)$/

/** Why two meters with the same timeouts make so many flows between two ends; the numbers where nobody knows. */
function explainCount(own: FlowMap, key: string, ours: number, theirs: number): string {
  if (own.tunnelled.has(key) || CARRIERS.test(key)) return 'tunnel'
  if (DNS.test(key)) return 'dns'
  if (/^6 /.test(key)) return ours > theirs ? 'ports used anew' : 'SYN of what was joined midway'
  if (/^(1|58) /.test(key)) return 'icmp'
  if (/^2 /.test(key)) return 'igmp'
  if (/^2054 /.test(key)) return 'arp'
  if (ours === 0 || theirs === 0) return 'later fragments'
  // Nfpcapd looks for what has lasted too long only now and then.
  if (/^17 /.test(key) && ours === theirs + 1) return 'cut late'
  return `${key}: ${ours} and ${theirs}`
}

/** By reason, between how many ends the number of flows differs, and how many agree. */
function counted(own: FlowMap, theirs: FlowMap): Record<string, number> {
  const tally: Record<string, number> = {}
  for (const key of new Set([...own.sums.keys(), ...theirs.sums.keys()])) {
    const [ours, other] = [own, theirs].map(({ sums }) => sums.get(key)?.flows ?? 0) as [number, number]
    const reason = ours === other ? 'same' : explainCount(own, key, ours, other)
    tally[reason] = (tally[reason] ?? 0) + 1
  }
  return tally
}

/** By reason, between how many ends packets or bytes differ. */
function differing(own: FlowMap, theirs: FlowMap): Record<string, number> {
  const [ours, others] = [byPair(own), byPair(theirs)]
  const tally: Record<string, number> = {}
  for (const difference of own.differences(theirs)) {
    const pair = FlowMap.pairOf(difference.key)
    const reason = explain(own, ours.get(pair) === others.get(pair), difference)
    tally[reason] = (tally[reason] ?? 0) + 1
  }
  return tally
}

/** The numbers are of interest where the whole capture is read. */
function show(name: string, tally: Record<string, number>): Record<string, number> {
  if (process.env.NADS_PACKETS !== undefined) console.log(name, JSON.stringify(tally))
  return tally
}

/** Our own flow table with one timeout for everything, seconds. */
const lasting = (seconds: number): FlowOptions => ({
  idleTcp: seconds,
  idleOther: seconds,
  halfOpen: seconds,
  active: seconds,
  firstSlice: seconds,
  linger: seconds,
})

describe.skipIf(!here)('packets and bytes between two ends, of a real capture', () => {
  let own: FlowMap
  beforeAll(async () => {
    writeFileSync(capture, beginningOf(packed!, PACKETS))
    own = await metered(capture)
    expect(own.sums.size).toBeGreaterThan(1_000)
  })

  it('are those of argus, but for what is explained', () => {
    expect(Object.keys(show('argus', differing(own, argus()))).sort()).toEqual([
      'igmp',
      'later fragments',
      'trailer',
      'tunnel',
    ])
  })

  it('are those of nfdump, but for what is explained', () => {
    expect(Object.keys(show('nfdump', differing(own, nfdump()))).sort()).toEqual([
      'arp',
      'later fragments',
      'reassembled',
      'tunnel',
    ])
  })

  it('make as many flows as softflowd where no timeout runs out, but for ports and pings used anew', async () => {
    const timeouts = ['tcp', 'tcp.rst', 'tcp.fin', 'udp', 'icmp', 'general'].flatMap((name) => ['-t', `${name}=86400`])
    const { collector, flows, end } = collect({ cap: 65_536 })
    for (const datagram of await softflowd(capture, '9', timeouts))
      collector.datagram(datagram, '127.0.0.1', exportedAt(datagram))
    end()
    const theirs = new FlowMap()
    for (const flow of flows) theirs.add(flow)
    const ours = await metered(capture, lasting(86_400))
    const other = [...ours.sums].filter(([key, { flows }]) => flows !== (theirs.sums.get(key)?.flows ?? flows))
    expect(other.filter(([key, { flows }]) => !/^(1|6|58) /.test(key) || flows < theirs.sums.get(key)!.flows)).toEqual(
      [],
    )
    expect(other.length).toBeLessThan(ours.sums.size / 50)
  })
  it('make as many flows as argus and nfdump where no timeout runs out, but for what they take for a flow', async () => {
    const timeouts = ['IP', 'TCP', 'ICMP', 'IGMP', 'FRAG', 'ARP', 'OTHER'].map((name) => `ARGUS_${name}_TIMEOUT=86400`)
    const never = ['ARGUS_FLOW_STATUS_INTERVAL=86400', ...timeouts, ''].join('\n')
    const byArgus = show('flows of argus', counted(await metered(capture, lasting(86_400)), argus(never)))
    // Nfpcapd takes no more.
    const byNfdump = show('flows of nfdump', counted(await metered(capture, lasting(3600)), nfdump('-e', '3600,3600')))
    for (const tally of [byArgus, byNfdump]) {
      const { same = 0, ...explained } = tally
      const known = [
        'tunnel',
        'dns',
        'ports used anew',
        'SYN of what was joined midway',
        'icmp',
        'igmp',
        'arp',
        'later fragments',
        'cut late',
      ]
      expect(Object.keys(explained).filter((reason) => !known.includes(reason))).toEqual([])
      expect(same).toBeGreaterThan(Object.values(explained).reduce((sum, count) => sum + count, 0))
    }
  })
})
