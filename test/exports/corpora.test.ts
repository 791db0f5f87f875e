import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { formatAddress } from '../../src/net/address.ts'
import { Exporters } from '../../src/sources/collect/exporters.ts'
import { isSane } from '../../src/sources/flow-log/collect.case.ts'
import { NETFLOW } from '../../src/sources/netflow/netflow.ts'
import { classicCapture } from '../captures.ts'
import { filesBelow, findTools } from '../corpora/corpus.ts'
import { bytes, ethernet, ipv4, udp } from '../packets.ts'
import { collect, datagramsIn, devicesIn } from './collected.ts'
import { exportedAt } from './exporters.ts'

const DATA = resolve(process.env.NADS_DATA ?? '../shared/data', 'netflow')
const here = existsSync(DATA)
const RAW = join(DATA, 'logstash-codec')
const folder = mkdtempSync(join(tmpdir(), 'nads-corpora-'))
afterAll(() => rmSync(folder, { recursive: true }))

const GROUPS = here ? devicesIn(RAW) : new Map<string, string[]>()

/** A record in one line: ends, protocol, packets, bytes. */
function ours(datagrams: readonly Uint8Array[]): { records: string[]; faults: number } {
  const records: string[] = []
  const exporters = new Exporters()
  let faults = 0
  const reader = NETFLOW.createReader({
    exporters,
    count: (reason, by = 1) => {
      if (reason === 'no-packets' || reason === 'no-addresses') faults += by
    },
    take: ({ address, protocol, srcPort, dstPort, packets, bytes: octets, biflow, reversePackets, reverseBytes }) => {
      const ported = protocol === 6 || protocol === 17
      const ends = `${formatAddress(address)}:${ported ? srcPort : ''} ${formatAddress(address, 4)}:${ported ? dstPort : ''}`
      records.push(`${ends} ${protocol} ${packets} ${octets}${biflow ? ` ${reversePackets} ${reverseBytes}` : ''}`)
    },
    sample: () => {},
  })
  for (const datagram of datagrams) {
    const exporter = exporters.at('192.0.2.1', exportedAt(datagram))!
    reader.read({ bytes: datagram, exporter, time: exportedAt(datagram) })
  }
  return { records, faults }
}

type Tree = { [name: string]: Tree | string | Tree[] }

/** The records of all devices as tshark reads them, each device an address of its own. */
function tsharks(devices: readonly (readonly Uint8Array[])[]): string[][] {
  const path = join(folder, 'all.pcap')
  const packets = devices.flatMap((datagrams, i) =>
    datagrams.map((datagram) => {
      const network = ipv4(udp(datagram, { src: 2055, dst: 2055 }), { protocol: 17, src: `192.0.2.${i + 1}` })
      return { bytes: bytes(ethernet(network)), time: exportedAt(datagram) }
    }),
  )
  writeFileSync(path, classicCapture(packets))
  const options = ['-d', 'udp.port==2055,cflow', '-T', 'json', '--no-duplicate-keys']
  const output = execFileSync('tshark', ['-n', '-r', path, ...options], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: 'pipe',
  })
  const found = devices.map((): string[] => [])
  for (const { _source } of JSON.parse(output) as {
    _source: { layers: { ip: { 'ip.src': string }; cflow: Tree } }
  }[]) {
    const { ip, cflow } = _source.layers
    if (cflow !== undefined) walk(cflow, found[Number(ip['ip.src'].split('.')[3]) - 1]!)
  }
  return found
}

function walk(tree: Tree | string | Tree[], found: string[]): void {
  if (typeof tree === 'string') return
  const record = Array.isArray(tree) ? null : recordOf(tree)
  if (record !== null) found.push(record)
  else for (const child of Object.values(tree)) walk(child, found)
}

function recordOf(tree: Tree): string | null {
  const value = (...names: string[]): string => {
    for (const name of names) {
      const found = tree[`cflow.${name}`]
      const one = Array.isArray(found) ? found[0] : found
      if (typeof one === 'string' && one !== '0') return one
    }
    return '0'
  }
  const source = value('srcaddr', 'srcaddrv6')
  const destination = value('dstaddr', 'dstaddrv6')
  if (source === '0' || destination === '0') return null
  const protocol = Number(value('protocol'))
  const ported = protocol === 6 || protocol === 17
  const ends = `${source}:${ported ? value('srcport') : ''} ${destination}:${ported ? value('dstport') : ''}`
  return `${ends} ${protocol} ${value('packets', 'packets_total')} ${value('octets', 'octets64', 'permanent_octets')}`
}

/** Devices of which tshark reads less. */
const READ_IN_PART: ReadonlySet<string> = new Set(['netflow9_test_h3c', 'netflow9_test_invalid01'])

/** Ours of which tshark says something else, and theirs that we do not have. Where it has no name for a counter it says 0. */
function compare(records: readonly string[], theirs: readonly string[]): { extra: string[]; missing: string[] } {
  const missing = [...theirs]
  const extra = records.filter((record) => {
    const [from, to, protocol, packets, octets] = record.split(' ')
    const at = missing.findIndex((other) => {
      const told = other.split(' ')
      const same = told[0] === from && told[1] === to && told[2] === protocol
      return same && (told[3] === packets || told[3] === '0') && (told[4] === octets || told[4] === '0')
    })
    if (at >= 0) missing.splice(at, 1)
    return at < 0
  })
  return { extra, missing }
}

describe.skipIf(!here || !findTools('tshark'))('raw datagrams of devices', () => {
  it('say what tshark reads in them, record by record', () => {
    const all = [...GROUPS.values()].map((files) => files.map((file) => Uint8Array.from(readFileSync(join(RAW, file)))))
    const theirs = tsharks(all)
    let compared = 0
    for (const [i, device] of [...GROUPS.keys()].entries()) {
      const { records, faults } = ours(all[i]!)
      const { extra, missing } = compare(records, theirs[i]!)
      compared += records.length - extra.length
      if (READ_IN_PART.has(device)) expect([device, missing]).toEqual([device, []])
      else expect([device, extra, missing.filter((record) => !record.endsWith(' 0 0'))]).toEqual([device, [], []])
      // What is left has no packets, which is counted; that of a wireless controller has no addresses either.
      if (theirs[i]!.length > 0 && !READ_IN_PART.has(device)) expect([device, missing.length]).toEqual([device, faults])
    }
    expect(compared).toBeGreaterThan(400)
  })
})

describe.skipIf(!here)('captures of exports', () => {
  const files = here ? filesBelow(DATA).filter((file) => file.endsWith('.pcap')) : []
  it('are read without a throw into sane flows', async () => {
    let flows = 0
    for (const file of files) {
      const collected = collect()
      for (const { payload, from, time } of await datagramsIn(join(DATA, file))) {
        collected.collector.datagram(payload, from, time)
      }
      collected.end()
      flows += collected.flows.length
      expect([file, collected.flows.every(isSane)]).toEqual([file, true])
    }
    expect([files.length > 60, flows > 100]).toEqual([true, true])
  })
})
