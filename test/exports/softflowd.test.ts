import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findTools } from '../corpora/corpus.ts'
import { collect } from './collected.ts'
import { beginningOf, type Difference, exportedAt, FlowMap, findMix, metered, softflowd } from './exporters.ts'

const PACKETS = 20_000
const folder = mkdtempSync(join(tmpdir(), 'nads-exports-'))
afterAll(() => rmSync(folder, { recursive: true }))

const packed = findMix()
const here = packed !== null && findTools('softflowd', 'xz')

/** What the collector makes of datagrams. */
function collected(datagrams: readonly Uint8Array[]): { flows: FlowMap; count(name: string): number } {
  const flows = new FlowMap()
  const { collector, flows: records, count, end } = collect({ cap: 65_536 })
  for (const datagram of datagrams) collector.datagram(datagram, '127.0.0.1', exportedAt(datagram))
  end()
  for (const record of records) flows.add(record)
  return { flows, count }
}

const EXPLAINED = ['arp', 'ipv6', 'tunnel', 'fragments', 'trailer']

/** softflowd takes fragments after the first for a conversation without ports, and those of IPv6 for one of protocol 0. */
function fragmentedIn(theirs: FlowMap): ReadonlySet<string> {
  return new Set([...theirs.sums.keys()].filter((key) => /^0 |:0 .*:0$/.test(key)).map(FlowMap.pairOf))
}

function explain(
  own: FlowMap,
  { key, ours, other }: Difference,
  fragmented: ReadonlySet<string>,
  version: string,
): string {
  if (key.startsWith('2054 ')) return 'arp'
  if (version === '5' && key.split(':').length > 3) return 'ipv6'
  // It does not look into tunnels; of the real capture GTP-U is one.
  if (own.tunnelled.has(key) || (ours.packets === 0 && key.includes(':2152 '))) return 'tunnel'
  if (fragmented.has(FlowMap.pairOf(key))) return 'fragments'
  // It counts what follows the IP packet in its frame, as in frames padded to 60 bytes.
  if (ours.packets === other.packets && other.bytes > ours.bytes) return 'trailer'
  return `${key}: ${ours.packets}/${ours.bytes} and ${other.packets}/${other.bytes}`
}

describe.skipIf(!here)('what softflowd exports of a real capture', () => {
  const capture = join(folder, 'part.pcap')
  let own: FlowMap
  beforeAll(async () => {
    writeFileSync(capture, beginningOf(packed!, PACKETS))
    own = await metered(capture)
  })

  it.each(['5', '9', '10'] as const)(
    'as version %s, is what our own flow table meters, but for what is explained',
    async (version) => {
      const { flows: theirs, count } = collected(await softflowd(capture, version))
      expect(count('lost-records') + count('lost-datagrams') + count('bad-record') + count('no-template')).toBe(0)
      const explained = new Map<string, number>()
      const fragmented = fragmentedIn(theirs)
      for (const difference of own.differences(theirs)) {
        const why = explain(own, difference, fragmented, version)
        explained.set(why, (explained.get(why) ?? 0) + 1)
      }
      expect([...explained.keys()].filter((why) => !EXPLAINED.includes(why))).toEqual([])
    },
  )
})
