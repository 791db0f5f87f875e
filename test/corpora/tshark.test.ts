import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createDecoder } from '../../src/decode/decoder.ts'
import { formatAddress } from '../../src/net/address.ts'
import { PROTOCOL } from '../../src/net/flow-record.ts'
import { FRAGMENT } from '../../src/net/packet-batch.ts'
import { createPcapSource } from '../../src/sources/pcap/pcap.ts'
import { capinfos, filesBelow, findCorpus, findTools, merge, tsharkFields } from './corpus.ts'

const FIELDS = [
  ...(['frame.protocols', 'ip.src', 'ip.dst', 'ip.proto', 'ip.len', 'ipv6.src', 'ipv6.dst', 'ipv6.plen'] as const),
  ...(['tcp.srcport', 'tcp.dstport', 'tcp.flags', 'udp.srcport', 'udp.dstport', 'icmp.type', 'icmp.code'] as const),
  ...(['icmpv6.type', 'icmpv6.code', 'arp.opcode', 'vlan.id', 'ieee8021ad.id'] as const),
]
type Fields = Record<(typeof FIELDS)[number], string>

/** Encapsulations decoded here, as wiretap names them. */
const ENCAPSULATIONS = ['ether', 'null', 'linux-sll', 'linux-sll2', 'rawip', 'rawip4', 'rawip6']

/** Frames tshark finds an address in and we do not: the reasons we count them by, each explained in docs/decoding.md. */
const EXPLAINED = [
  // Carriers that are not opened.
  ...['mpls', 'pppoe', 'macsec', 'trill', 'transparent-ethernet', 'snap'],
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
  later: boolean
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
        found.push({ text: describeRow(decoder), later: (batch.fragment[0]! & FRAGMENT.later) !== 0, reason: '' })
        decoder.clear()
        return
      }
      const after = Object.entries(decoder.counters()).map(([name, count]) => `${name}=${count}`)
      const reason = after.find((entry) => !before.includes(`|${entry}|`))?.split('=')[0] ?? ''
      before = `|${after.join('||')}|`
      found.push({ text: '', later: false, reason })
    },
    flush: () => {},
    flow: () => {},
    tick: () => {},
  }
  await createPcapSource({ path }).run(sink, new AbortController().signal)
  return found
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
  if (protocol === PROTOCOL.icmp || protocol === PROTOCOL.icmp6) words.push('icmp', first, second)
  return words.join(' ')
}

/** What tshark says of the outermost IP or ARP header, null where it has none; `ours` settles what it does not tell. */
function tsharkSays(fields: Fields, ours: Ours): string | null {
  const layers = fields['frame.protocols'].split(':')
  const network = layers.find((layer) => layer === 'ip' || layer === 'ipv6' || layer === 'arp')
  if (network === undefined) return null
  const tag = layers.slice(0, layers.indexOf(network)).find((layer) => layer === 'vlan' || layer === 'ieee8021ad')
  const vlan = `vlan ${tag === undefined ? 0 : Number(fields[`${tag}.id`])}`
  if (network === 'arp') return stopsEarly(fields) ? 'arp' : ['arp', fields['arp.opcode'], vlan].join(' ')
  const words = network === 'ip' ? ipv4Says(fields, vlan, ours) : ipv6Says(fields, vlan, ours)
  const protocol = Number(words[4])
  // Later fragments have no ports of their own.
  if (ours.later || stopsEarly(fields)) return words.join(' ')
  if (protocol === PROTOCOL.tcp)
    words.push('tcp', fields['tcp.srcport'], fields['tcp.dstport'], String(Number(fields['tcp.flags']) & 0xff))
  if (protocol === PROTOCOL.udp) words.push('udp', fields['udp.srcport'], fields['udp.dstport'])
  if (protocol === PROTOCOL.icmp && network === 'ip') words.push('icmp', fields['icmp.type'], fields['icmp.code'])
  if (protocol === PROTOCOL.icmp6 && network === 'ipv6')
    words.push('icmp', fields['icmpv6.type'], fields['icmpv6.code'])
  return words.join(' ')
}

function ipv4Says(fields: Fields, vlan: string, ours: Ours): string[] {
  // A stated length of 0 is segmentation offload: ours is what was on the wire.
  const length = fields['ip.len'] === '0' ? lengthOf(ours) : fields['ip.len']
  return [fields['ip.src'], fields['ip.dst'], vlan, 'protocol', fields['ip.proto'], 'length', length]
}

function ipv6Says(fields: Fields, vlan: string, ours: Ours): string[] {
  const stated = Number(fields['ipv6.plen'])
  // A payload length of 0 is a jumbogram or offload; the protocol behind extension headers is in no field of its own.
  const length = stated === 0 ? lengthOf(ours) : String(stated + 40)
  return [fields['ipv6.src'], fields['ipv6.dst'], vlan, 'protocol', protocolBehind(fields, ours), 'length', length]
}

function protocolBehind(fields: Fields, ours: Ours): string {
  const layers = fields['frame.protocols'].split(':')
  const next = layers.slice(layers.indexOf('ipv6') + 1).find((layer) => !layer.startsWith('ipv6.') && layer !== 'ah')
  const named = { tcp: PROTOCOL.tcp, udp: PROTOCOL.udp, icmpv6: PROTOCOL.icmp6 }[next ?? '']
  return named === undefined ? (/protocol (\d+)/.exec(ours.text)?.[1] ?? '') : String(named)
}

/** Where tshark sees the network header and looks no further: a length of 0, an option it does not know, ARP for ATM. */
function stopsEarly(fields: Fields): boolean {
  return fields['ipv6.plen'] === '0' || /:(ipv6\.dstopts|atmarp)$/.test(fields['frame.protocols'])
}

const lengthOf = ({ text }: Ours): string => /length (\d+)/.exec(text)?.[1] ?? ''

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
    const theirs = tsharkFields(path, FIELDS)
    const ours = await decode(path)
    expect(ours).toHaveLength(theirs.length)
    const differences = theirs.flatMap((fields, i) => {
      const mine = ours[i]!
      const said = tsharkSays(fields, mine)
      if (said === (mine.text || null) || (stopsEarly(fields) && mine.text.startsWith(said ?? '?'))) return []
      if (mine.text === '' && EXPLAINED.includes(mine.reason)) return []
      return [`frame ${i + 1} ${fields['frame.protocols']}: ${mine.text || mine.reason}, tshark: ${said}`]
    })
    expect(differences).toEqual([])
  })

  it('is more than two hundred captures', () => {
    expect(ENCAPSULATIONS.flatMap((encapsulation) => filesOf(encapsulation)).length).toBeGreaterThan(1200)
  })
})
