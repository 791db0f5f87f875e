import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FlowNames } from '../src/types/flow.ts'
import { namesByFrame } from './names-by-frame.ts'

const folder = join(process.env.NADS_DATA ?? '../shared/data', 'protocols')
const missing = [
  ...(existsSync(folder) ? [] : [folder]),
  ...(spawnSync('tshark', ['--version']).status === 0 ? [] : ['tshark']),
]
if (missing.length > 0 && process.env.CI === 'true') throw new Error(`missing: ${missing.join(', ')}`)
if (missing.length > 0) console.warn(`skipped: missing ${missing.join(', ')}`)

/** What is compared, and the field tshark has it in. */
const FIELDS = {
  dnsQuery: 'dns.qry.name',
  dnsType: 'dns.qry.type',
  tlsSni: 'tls.handshake.extensions_server_name',
  tlsJa3: 'tls.handshake.ja3',
  httpMethod: 'http.request.method',
  httpHost: 'http.host',
  httpUserAgent: 'http.user_agent',
  dhcpHost: 'dhcp.option.hostname',
  dhcpMac: 'dhcp.hw.mac_addr',
} as const satisfies Partial<Record<keyof FlowNames, string>>
const KEYS = Object.keys(FIELDS) as (keyof typeof FIELDS)[]

/** Every frame by itself: what is split over several is not put together here. */
const APART = ['tcp.desegment_tcp_streams', 'http.desegment_headers', 'tls.desegment_ssl_records', 'ip.defragment']
/** One of the protocols straight on TCP or UDP: tunnels are not followed. */
const PLAIN =
  /^[^:]+:(?:(?:ethertype|vlan)[^:]*:)*(?:ip|ipv6):(?:tcp|udp)(?::(?:dns|mdns|llmnr|http|tls|quic|dhcp)(?::.*)?)?$/

const FOLDED =
  'Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/35.0.1916.153 Safari/537.36'
const ECHO = '3e9680842aa1ac1f48edc74e779ebc97'
const NUL = (escaped: string): string => `txtpadding_32${escaped}`

/** Files, and the differences that are meant, `docs/decoding.md` says why: frame, field, tshark's value, ours. */
const FILES: readonly (readonly [file: string, differences?: readonly string[]])[] = [
  ['arkime/dns-caa.pcap'],
  ['arkime/dns-dnskey.pcap'],
  ['arkime/dns-flags0110.pcap'],
  ['arkime/dns-https.pcap'],
  ['arkime/dns-mx.pcap'],
  ['arkime/dns-punycode.pcap'],
  ['arkime/dns-tcp.pcap'],
  ['arkime/dns-update.pcap'],
  ['arkime/dns-wiresharkrepo.pcap'],
  ['arkime/curl-enabled-tls13.pcap'],
  ['arkime/openssl-tls1_2.pcap'],
  ['arkime/https2-301-get.pcap'],
  ['arkime/quicietf.pcap'],
  [
    'zeek/quicv2-echo-443.pcap',
    [2, 3].flatMap((frame) => [`${frame} tlsSni:  | localhost`, `${frame} tlsJa3:  | ${ECHO}`]),
  ],
  ['zeek/quic-interop-retry.pcap', ['7 tlsSni:  | server4:443', `7 tlsJa3:  | ${ECHO}`]],
  ['tcpdump/quic_handshake.pcap'],
  ['arkime/http-301-get.pcap'],
  ['arkime/http-xff.pcap'],
  ['arkime/http-digestauth.pcap'],
  ['arkime/http-wrapped-header.pcap', [`7 httpUserAgent: ${FOLDED} | `]],
  ['tcpdump/dns-badlabel.pcap', ['1 dnsQuery: <Name too long> | ', '1 dnsType: 0 | ']],
  ['tcpdump/dns_fwdptr.pcap', ['1 dnsQuery: <Name too long> | ', '1 dnsType: 507 | ']],
  ['tcpdump/dns_udp_8053.pcap', ['2 dnsQuery: www.tcpdump.org | ', '2 dnsType: 1 | ']],
  ['zeek/dns-invalid-names.pcap', ['2 dnsQuery: <Name contains a pointer that loops> | ', '2 dnsType: 1 | ']],
  ['zeek/dns-edns-ecs-bad.pcap', [1, 2, 3, 4].map((frame) => `${frame} dnsQuery: ${NUL('\\000')} | ${NUL('\\x00')}`)],
  ['zeek/dhcp.pcap'],
  ['zeek/dhcp_inform.pcap'],
  ['zeek/dhcp_time_and_nameserver.pcap'],
  ['zeek/dhcp_discover_param_req_and_client_id.pcap'],
  ['arkime/wireshark-dhcp.pcap'],
  ['tcpdump/dhcp-rfc3004.pcap'],
  ['tcpdump/eapon1.pcap'],
  ['wireshark/logistics_multicast.pcapng'],
  ['zeek/get-to-ssh-server.pcap'],
  ['zeek/http_09.pcap', ['24 httpMethod: GET | ']],
  ['zeek/smuggle-http-request.pcap', ['14 httpMethod: POST | ', '19 httpMethod: POST | ']],
]

type Values = Readonly<Partial<Record<string, string>>>

function byTshark(path: string): Map<number, Values> {
  const preferences = APART.flatMap((name) => ['-o', `${name}:FALSE`])
  const fields = ['frame.number', 'frame.protocols', ...Object.values(FIELDS)].flatMap((field) => ['-e', field])
  const args = ['-n', '-r', path, ...preferences, '-T', 'fields', '-E', 'occurrence=f', ...fields]
  const { stdout } = spawnSync('tshark', args, { encoding: 'utf8' })
  const found = new Map<number, Values>()
  for (const line of stdout.split('\n')) {
    const [frame, protocols, ...values] = line.split('\t')
    if (!PLAIN.test(protocols ?? '')) continue
    found.set(Number(frame), Object.fromEntries(KEYS.map((key, i) => [key, (values[i] ?? '').replace('<Root>', '')])))
  }
  return found
}

describe.skipIf(missing.length > 0)('names read off single frames', () => {
  const cases = FILES.map(([file, known = []]) => ({ file, known }))
  it.each(cases)('are those tshark reads: $file', { timeout: 60_000 }, async ({ file, known }) => {
    const path = join(folder, file)
    const ours = await namesByFrame(path)
    const theirs = byTshark(path)
    const differences: string[] = []
    for (const [frame, values] of theirs) {
      for (const key of KEYS) {
        const own = String(ours.get(frame)?.[key] ?? '')
        if (own !== values[key]) differences.push(`${frame} ${key}: ${values[key]} | ${own}`)
      }
    }
    expect(theirs.size).toBeGreaterThan(0)
    expect(differences).toEqual(known)
  })
})
