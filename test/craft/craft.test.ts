import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as craft from './index.ts'

const found = spawnSync('tshark', ['--version'], { encoding: 'utf8' }).status === 0
if (!found && process.env.CI === 'true') throw new Error('tshark is not installed')
const oracle = describe.skipIf(!found)
if (!found) console.warn('skipped: tshark is not installed')

const CHECKS = ['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`])

/** One array of fields a frame, as tshark reads them. */
function tshark(capture: Uint8Array, ...fields: string[]): string[][] {
  const folder = mkdtempSync(join(tmpdir(), 'craft-'))
  try {
    const file = join(folder, 'input')
    writeFileSync(file, capture)
    const names = fields.flatMap((field) => ['-e', field])
    const args = ['-r', file, ...CHECKS, '-T', 'fields', '-E', 'separator=|', '-E', 'occurrence=a', ...names]
    const { stdout } = spawnSync('tshark', args, { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } })
    return stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split('|'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const client: craft.Host = { address: '10.1.0.2' }
const server: craft.Host = { address: '10.1.0.3', ttl: 128 }
const client6: craft.Host = { address: '2001:db8::2' }
const server6: craft.Host = { address: '2001:db8::3' }
const page = [craft.httpRequest({ path: '/a' }), craft.httpResponse({ length: 5_000 })] as const
const hello = [
  craft.clientHello({ serverName: 'nas.example' }),
  craft.concat(craft.serverHello(), craft.tlsData(900)),
] as const

const everything = craft.merge(
  craft.tcpSession({ client, server, port: 80, turns: [page] }),
  craft.tcpSession({
    client: { ...client, vlan: 12 },
    server: { ...server, vlan: 12 },
    port: 443,
    turns: [hello],
    close: 'server',
  }),
  craft.tcpSession({ client: client6, server: server6, port: 80, turns: [page], close: 'reset' }),
  craft.synScan({ attacker: client, victim: server, ports: [1, 22, 80], open: [22] }),
  craft.synScan({ attacker: client, victim: server, ports: [5, 6], probe: 'FPU', start: 1_700_000_050 }),
  craft.dnsLookup({ client, resolver: server, name: 'www.example.com', answers: [{ type: 'A', value: '192.0.2.1' }] }),
  craft.dnsLookup({ client: client6, resolver: server6, name: 'no.example', type: 'AAAA', rcode: 3 }),
  craft.dnsLookup({
    client,
    resolver: server,
    name: 'x.example',
    type: 'TXT',
    answers: [{ type: 'TXT', value: 'hi' }],
  }),
  craft.ping({ client, server }),
  craft.ping({ client: client6, server: server6, size: 31 }),
  craft.arpExchange(client, server),
)

oracle('crafted packets, read by tshark', () => {
  it('have good checksums and no fault', () => {
    const status = [
      'ip.checksum.status',
      'tcp.checksum.status',
      'udp.checksum.status',
      'icmp.checksum.status',
      'icmpv6.checksum.status',
    ]
    const frames = tshark(craft.pcap(everything), '_ws.malformed', '_ws.expert.severity', ...status)
    expect(frames).toHaveLength(everything.length)
    for (const [malformed, severity, ...sums] of frames) {
      expect(malformed).toBe('')
      expect(severity!.split(',').includes('8388608')).toBe(false)
      expect(sums.flatMap((sum) => sum.split(',')).every((sum) => sum === '' || sum === '1')).toBe(true)
    }
  })

  it('notices a wrong checksum, so the test above can fail', () => {
    const [frame] = craft.ping({ client, server })
    const bytes = Uint8Array.from(frame!.bytes)
    bytes[bytes.length - 1]! ^= 1
    expect(tshark(craft.pcap([{ ...frame!, bytes }]), 'icmp.checksum.status')).toEqual([['0']])
  })

  it('say what they were told to say', () => {
    const values = (...fields: string[]): string[] =>
      tshark(craft.pcap(everything), ...fields)
        .map((line) => line.join(' ').trim())
        .filter((line) => line !== '')
    expect(values('http.request.uri')).toEqual(['/a', '/a'])
    expect(values('tls.handshake.extensions_server_name')).toEqual(['nas.example'])
    expect(new Set(values('dns.qry.name'))).toEqual(new Set(['www.example.com', 'no.example', 'x.example']))
    expect(values('dns.a')).toEqual(['192.0.2.1'])
    expect(values('arp.opcode')).toEqual(['1', '2'])
    expect(new Set(values('vlan.id'))).toEqual(new Set(['12']))
    expect(values('tcp.analysis.flags').length).toBe(0)
  })

  it('are put together again when fragmented', () => {
    const request = craft.udp({ srcPort: 1000, dstPort: 2000 })
    const body = new Uint8Array(3_000).fill(65)
    for (const [from, to] of [
      [client, server],
      [client6, server6],
    ] as const) {
      const pieces = craft.fragments(craft.packet(...craft.between(from, to), request, body), 1_400)
      expect(pieces).toHaveLength(3)
      const frames = pieces.map((bytes, i) => ({ time: 1_700_000_000 + i, bytes }))
      const fields = ['udp.length', 'udp.checksum.status', 'ip.checksum.status', '_ws.malformed']
      expect(
        tshark(craft.pcap(frames), ...fields)
          .at(-1)!
          .slice(0, 2),
      ).toEqual(['3008', '1'])
    }
  })

  it('may have extension headers, tags in tags and tunnels', () => {
    const datagram = [craft.udp({ srcPort: 7, dstPort: 9 }), 'hello'] as const
    const ip6 = craft.ipv6({ src: '2001:db8::2', dst: '2001:db8::3' })
    const ip4 = craft.ipv4({ src: '10.0.0.1', dst: '10.0.0.2', options: craft.u8(1, 1, 1, 0) })
    const packets = [
      craft.packet(craft.ethernet(), ip6, craft.extension(0), craft.extension(43, 2), craft.extension(60), ...datagram),
      craft.packet(craft.ethernet(), craft.vlan({ id: 7, service: true }), craft.vlan({ id: 8 }), ip4, ...datagram),
      craft.packet(craft.ethernet(), ip4, craft.gre(), ip6, ...datagram),
      craft.packet(craft.ethernet(), ip4, ip6, ...datagram),
    ]
    const frames = packets.map((bytes, i) => ({ time: i, bytes }))
    expect(tshark(craft.pcap(frames), 'udp.dstport', 'udp.checksum.status', '_ws.malformed')).toEqual(
      Array(4).fill(['9', '1', '']),
    )
  })

  it('may come over other links', () => {
    const rest = [craft.ipv4({ src: '10.0.0.1', dst: '10.0.0.2' }), craft.udp({ srcPort: 7, dstPort: 9 }), 'x'] as const
    const links: [number, Uint8Array][] = [
      [113, craft.packet(craft.linuxCooked(), ...rest)],
      [276, craft.packet(craft.linuxCooked2(), ...rest)],
      [0, craft.packet(craft.loopback(), ...rest)],
      [101, craft.packet(...rest)],
    ]
    for (const [link, bytes] of links) {
      expect(tshark(craft.pcap([{ time: 1, bytes }], { link }), 'udp.dstport', 'udp.checksum.status')).toEqual([
        ['9', '1'],
      ])
    }
  })
})

oracle('capture files, read by tshark', () => {
  const frames = craft.ping({ client, server, start: 1_700_000_000.123456 })
  const times = (capture: Uint8Array): string[] => tshark(capture, 'frame.time_epoch').map(([time]) => time!)
  const expected = ['1700000000.123456', '1700000000.124456', '1700000001.123456']

  it('keep their times in either byte order and resolution', () => {
    for (const endian of ['little', 'big'] as const) {
      for (const nano of [false, true]) {
        times(craft.pcap(frames, { endian, nano }))
          .slice(0, 3)
          .forEach((time, i) => {
            expect(Number(time)).toBeCloseTo(Number(expected[i]), 6)
          })
      }
      for (const digits of [3, 6, 9]) {
        const capture = craft.pcapng(frames, { endian, interfaces: [{ digits }], decorated: true })
        expect(Number(times(capture)[1])).toBeCloseTo(Number(expected[1]), digits === 3 ? 2 : 6)
      }
    }
  })

  it('cut frames at the snap length and keep their length on the wire', () => {
    const lengths = [['60', '98']]
    expect(tshark(craft.pcap(frames, { snaplen: 60 }), 'frame.cap_len', 'frame.len').slice(0, 1)).toEqual(lengths)
    const capture = craft.pcapng(frames, { interfaces: [{ snaplen: 60 }] })
    expect(tshark(capture, 'frame.cap_len', 'frame.len').slice(0, 1)).toEqual(lengths)
    expect(tshark(craft.pcapng(frames, { simple: true }), 'frame.len')).toHaveLength(frames.length)
  })

  it('hold several interfaces of different kinds', () => {
    const raw = craft.packet(craft.ipv4({ src: '10.0.0.1', dst: '10.0.0.2' }), craft.icmp({ type: 8 }))
    const both = [frames[0]!, { time: 1_700_000_002, bytes: raw, interface: 1 }]
    const capture = craft.pcapng(both, { interfaces: [{ name: 'a' }, { name: 'b', link: 101, digits: 9 }] })
    expect(tshark(capture, 'frame.interface_name', 'icmp.type')).toEqual([
      ['a', '8'],
      ['b', '8'],
    ])
  })
})
