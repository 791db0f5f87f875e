import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createDecoder } from '../../src/decode/decoder.ts'
import { formatAddress } from '../../src/net/address.ts'
import { communityId } from '../../src/net/community-id.ts'
import { createFlowRecord, PROTOCOL } from '../../src/net/flow-record.ts'
import { FRAGMENT } from '../../src/net/packet-batch.ts'
import { createPcapSource } from '../../src/sources/pcap/pcap.ts'
import type { FlowRecord } from '../../src/types/flow.ts'
import { capinfos, filesBelow, findCorpus, findTools, merge, tsharkFields } from './corpus.ts'
import { FRAME_FIELDS, type FrameFields, hasOwnId, isOffloaded, stopsEarly, tsharkSays } from './tshark-frame.ts'

/** Encapsulations decoded here, as wiretap names them. */
const ENCAPSULATIONS = ['ether', 'null', 'linux-sll', 'linux-sll2', 'rawip', 'rawip4', 'rawip6', 'ppp']

/** Frames tshark finds an address in and we do not: the reasons we count them by, each explained in docs/decoding.md. */
const EXPLAINED = [
  // Carriers that are not opened.
  ...['mpls', 'macsec', 'trill', 'snap'],
  ...[
    'ethertype-0x8903',
    'ethertype-0x88e7',
    'ethertype-0x8926',
    'ethertype-0x894f',
    'ethertype-0xd28b',
    'ethertype-0x1111',
  ],
  // ARP that does not speak of IPv4 and Ethernet.
  ...['arp-not-ipv4-over-ethernet', 'rarp'],
  // Headers that are not all there, or cannot be: tshark shows what there is of them.
  ...[
    'truncated-ipv4',
    'truncated-ipv6',
    'truncated-ipv6-extension',
    'truncated-arp',
    'truncated-tcp',
    'truncated-udp',
  ],
  ...['truncated-icmp', 'truncated-icmp6', 'bad-version', 'bad-ipv4-length', 'bad-ipv4-header-length', 'too-deep'],
]

/** What a row says, in the words of `tsharkSays`; null for a frame that made none. */
interface Ours {
  text: string
  /** Community ID. */
  id: string
  later: boolean
  /** Neither a later fragment nor cut. */
  whole: boolean
  reason: string
}

async function decode(path: string): Promise<Ours[]> {
  const decoder = createDecoder()
  const found: Ours[] = []
  let before = ''
  const sink = {
    frame(buffer: Uint8Array, offset: number, captured: number, length: number, time: number, link: number): void {
      decoder.decode(buffer, offset, captured, length, time, link)
      const { batch } = decoder
      if (batch.count === 1) {
        const later = (batch.fragment[0]! & FRAGMENT.later) !== 0
        found.push({
          text: describeRow(decoder),
          id: communityId(recordOf(decoder)),
          later,
          whole: !later && batch.payloadCaptured[0]! >= batch.payload[0]!,
          reason: '',
        })
        decoder.clear()
        return
      }
      const after = Object.entries(decoder.counters()).map(([name, count]) => `${name}=${count}`)
      const reason = after.find((entry) => !before.includes(`|${entry}|`))?.split('=')[0] ?? ''
      before = `|${after.join('||')}|`
      found.push({ text: '', id: '', later: false, whole: false, reason })
    },
    flush: () => {},
    flow: () => {},
    tick: () => {},
  }
  await createPcapSource({ path }).run(sink, new AbortController().signal)
  return found
}

/** The flow record of the one row. */
function recordOf({ batch }: ReturnType<typeof createDecoder>): FlowRecord {
  const record = createFlowRecord()
  record.address.set(batch.address.subarray(0, 8))
  record.protocol = batch.protocol[0]!
  record.srcPort = batch.ports[0]! >>> 16
  record.dstPort = batch.ports[0]! & 0xffff
  return record
}

function describeRow({ batch }: ReturnType<typeof createDecoder>): string {
  const protocol = batch.protocol[0]!
  const [first, second] = [batch.ports[0]! >>> 16, batch.ports[0]! & 0xffff]
  const ends = [formatAddress(batch.address, 0), formatAddress(batch.address, 4), `vlan ${batch.vlan[0]}`]
  if (protocol === PROTOCOL.arp) return ['arp', first, ends[2]].join(' ')
  const words: (string | number)[] = [...ends, 'protocol', protocol, 'length', batch.length[0]!]
  if (batch.fragment[0]! & FRAGMENT.later) return words.join(' ')
  if (protocol === PROTOCOL.tcp) words.push('tcp', first, second, batch.flags[0]!)
  if (protocol === PROTOCOL.udp) words.push('udp', first, second)
  if (protocol === PROTOCOL.sctp) words.push('sctp', first, second)
  if (protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmp6) words.push('icmp', first, second)
  return words.join(' ')
}

/** What is not the same and not explained. */
function difference(fields: FrameFields, mine: Ours): string[] {
  const said = tsharkSays(fields, mine.text, mine.later)
  const name = fields['frame.protocols']
  if (said === null && mine.text === '') return []
  if (said === mine.text) {
    const same = !mine.whole || fields.communityid === mine.id || !hasOwnId(fields, mine.text)
    return same ? [] : [`${name}: ${said} ${mine.id}, tshark: ${fields.communityid}`]
  }
  if (isOffloaded(fields) || (stopsEarly(fields) && mine.text.startsWith(said ?? '?'))) return []
  if (mine.text === '' && EXPLAINED.includes(mine.reason)) return []
  return [`${name}: ${mine.text || mine.reason}, tshark: ${said}`]
}

const corpus = findCorpus()
const ready = corpus !== null && findTools('capinfos', 'mergecap', 'tshark')
const folder = mkdtempSync(join(tmpdir(), 'nads-tshark-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.skipIf(!ready)('every frame of the corpus, as tshark reads it', () => {
  const known = ready ? capinfos(corpus!, filesBelow(corpus!)) : new Map()
  const filesOf = (encapsulation: string): string[] =>
    [...known]
      .filter(([, info]) => info.encapsulation === encapsulation && info.format !== 'pcapng')
      .map(([file]) => file)

  it.each(ENCAPSULATIONS)('%s', async (encapsulation) => {
    const path = join(folder, `${encapsulation}.pcap`)
    merge(corpus!, filesOf(encapsulation), path)
    const theirs = tsharkFields(path, FRAME_FIELDS)
    const ours = await decode(path)
    expect(ours).toHaveLength(theirs.length)
    const differences = theirs.flatMap((fields, i) =>
      difference(fields, ours[i]!).map((line) => `frame ${i + 1} ${line}`),
    )
    expect(differences).toEqual([])
  })

  it('is more than two hundred captures', () => {
    expect(ENCAPSULATIONS.flatMap((encapsulation) => filesOf(encapsulation)).length).toBeGreaterThan(1200)
  })
})
