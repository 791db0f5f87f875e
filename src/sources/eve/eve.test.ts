import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAddress } from '../../net/address.ts'
import { isSane, readInput } from '../flow-log/collect.case.ts'

const AT = '2024-03-04T08:00:0'
const ends = { src_ip: '10.0.0.5', src_port: 40_000, dest_ip: '192.0.2.9', dest_port: 80, proto: 'TCP' }
const event = (type: string, rest: object = {}, id: unknown = 7) => ({
  timestamp: `${AT}5.500000+0000`,
  flow_id: id,
  event_type: type,
  ...ends,
  ...rest,
})
const counters = {
  pkts_toserver: 6,
  pkts_toclient: 5,
  bytes_toserver: 900,
  bytes_toclient: 2070,
  start: `${AT}1.000000+0000`,
  end: `${AT}4.250000+0000`,
}
const flow = event('flow', { app_proto: 'http', flow: counters, tcp: { tcp_flags_ts: '1b', tcp_flags_tc: '1b' } })
const signature = {
  gid: 1,
  signature_id: 2_000_001,
  signature: 'ET MALWARE Thing',
  category: 'A Network Trojan was detected',
  severity: 1,
}
const alert = (rest: object = {}, about: object = {}) => event('alert', { alert: { ...signature, ...rest }, ...about })
const lines = (...rows: unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')

describe('EVE', () => {
  it('reads a flow with what was read of it, whatever comes first of what is before it', async () => {
    const beside = [
      event('http', {
        http: { hostname: 'h.example', url: '/a?b=%27', http_method: 'GET', http_user_agent: 'ua', status: 500 },
      }),
      event('tls', { tls: { sni: 's.example', client_alpns: ['h2'] } }),
      event('dns', { dns: { type: 'query', rrname: 'q.example', rrtype: 'TXT' } }),
      event('dns', { dns: { type: 'answer', rrname: 'q.example', rrtype: 'TXT', rcode: 'NXDOMAIN' } }),
      event('dns', { dns: { version: 3, type: 'request', queries: [{ rrname: 'r.example', rrtype: 'A' }] } }),
    ]
    const { flows, report } = await readInput(lines(...beside, flow))
    expect(report).toMatchObject({ packets: 11, bytes: 2970 - 11 * 14, problems: {} })
    const [one] = flows
    expect(flows).toHaveLength(1)
    expect([formatAddress(one!.address), formatAddress(one!.address, 4), one!.srcPort, one!.dstPort]).toEqual([
      '10.0.0.5',
      '192.0.2.9',
      40_000,
      80,
    ])
    expect(one).toMatchObject({ connState: 'SF', service: 'http', endReason: 'end', alerts: null })
    expect([one!.first, one!.last]).toEqual([1_709_539_201, 1_709_539_204.25])
    expect(one!.forward).toMatchObject({ packets: 6, bytes: 900 - 84, syn: 1, fin: 1, payload: 900 - 6 * 54 })
    expect(one!.names).toMatchObject({
      httpHost: 'h.example',
      httpPath: "/a?b='",
      httpStatus: 500,
      httpErrors: 1,
      httpOddPath: "/a?b='",
      tlsSni: 's.example',
      tlsAlpn: 'h2',
      dnsQuery: 'q.example',
      dnsType: 16,
      dnsRcode: 3,
      dnsNxdomain: 1,
      dnsQueries: 2,
      dnsNames: 2,
    })
  })

  it('joins the halves of a flow, and keeps one that stays alone', async () => {
    const half = (side: object, pkts: number, id: number, tcp_flags: string) =>
      event(
        'netflow',
        { ...side, netflow: { pkts, bytes: pkts * 100, start: counters.start, end: counters.end }, tcp: { tcp_flags } },
        id,
      )
    const back = { src_ip: ends.dest_ip, src_port: 80, dest_ip: ends.src_ip, dest_port: 40_000 }
    const { flows } = await readInput(
      lines(half({}, 3, 1, '1a'), half(back, 2, 1, '12'), half({}, 4, 2, '02'), half({}, 5, 3, '02')),
    )
    const byPackets = flows.sort((a, b) => a.forward.packets - b.forward.packets)
    expect(byPackets.map(({ forward, reverse, connState }) => [forward.packets, reverse.packets, connState])).toEqual([
      [3, 2, 'S1'],
      [4, 0, 'S0'],
      [5, 0, 'S0'],
    ])
    const both = await readInput(lines(flow, half({}, 3, 7, '1a'), half(back, 2, 7, '12')))
    expect(both.flows).toHaveLength(1)
  })

  it('gives a flow its alerts once each, at most 8, and what is said of no flow one of its own', async () => {
    const many = Array.from({ length: 12 }, (_, i) => alert({ signature_id: i }))
    const { flows, report } = await readInput(lines(...many, ...many, flow))
    expect(flows).toHaveLength(1)
    expect(flows[0]!.alerts).toHaveLength(8)
    expect(report.problems).toEqual({ 'too-many-alerts': 8 })
    const told = alert(
      { severity: 2, metadata: { mitre_technique_id: ['T1071.001', 'bogus', 'T1071_001'] } },
      { flow: { ...counters, src_ip: ends.dest_ip } },
    )
    const alone = await readInput(lines(told))
    expect(alone.flows.map(({ alerts }) => alerts)).toEqual([
      [
        {
          detector: 'suricata',
          id: '1:2000001',
          title: 'ET MALWARE Thing',
          category: signature.category,
          level: 'medium',
          attack: ['T1071.001'],
        },
      ],
    ])
    // It was on an answer: the flow's own source is the other end.
    expect(formatAddress(alone.flows[0]!.address)).toBe('192.0.2.9')
    expect(isSane(alone.flows[0]!)).toBe(true)
  })

  it('makes hostile signatures printable and short', async () => {
    const { flows } = await readInput(
      lines(alert({ signature: `\u001b[2J\u202e<b>é${'x'.repeat(9000)}`, category: '\n\r' })),
    )
    const [one] = flows[0]!.alerts!
    expect(one!.title).toMatch(/^[\x20-\x7e]{200}$/)
    expect(one!.title).toContain('\\x1B[2J')
    expect(one!.category).toBe('\\x0A\\x0D')
  })

  it('reads objects spread over lines, in lists and wrapped as search engines export them', async () => {
    const spread = JSON.stringify({ _index: 'x', _source: flow }, null, 2)
    const list = JSON.stringify([flow, alert()], null, 2)
    expect((await readInput(`${spread}\n`)).flows).toHaveLength(1)
    expect((await readInput(`${list}\n`)).flows[0]!.alerts).toHaveLength(1)
    // As nfdump ends its lists, and with an object a line.
    for (const close of [
      list.replace(/\n\]$/, ']'),
      `[${lines(flow, alert()).replaceAll('\n', ',\n').slice(0, -2)}]`,
    ]) {
      const { flows, report } = await readInput(close)
      expect([flows.length, report.problems]).toEqual([2, {}])
    }
    expect((await readInput(lines(flow).replaceAll('\n', '\r\n'))).flows).toHaveLength(1)
  })

  it('survives lines that are too long, too deep, cut, or lie, and reads on', async () => {
    const deep = `{"event_type":"flow","x":${'['.repeat(100_000)}`
    const long = `{"event_type":"flow","x":"${'y'.repeat(10_000_000)}"}`
    const proto = '{"event_type":"flow","__proto__":{"flow":{"pkts_toserver":1}},"constructor":{"a":1}}'
    const far = {
      ...flow,
      flow: { ...counters, start: '1970-01-01T00:00:00.000000+0000', end: '2106-02-07T06:28:15.000000+0000' },
    }
    const bad = { ...flow, flow: { ...counters, pkts_toserver: -1 } }
    const { flows, report } = await readInput(
      [lines(flow), deep, long, proto, '{"event_type":', 'null', '\0\0', lines(far, bad, flow)].join('\n'),
    )
    expect(flows).toHaveLength(3)
    expect(flows.every(isSane)).toBe(true)
    expect(report.problems).toEqual({ 'line-too-long': 1, 'not-json': 4, 'bad-address': 1, 'bad-number': 1 })
  })

  it('never throws and never hands on nonsense, whatever the values', async () => {
    const value = fc.oneof(
      fc.string(),
      fc.double(),
      fc.constantFrom(null, true, {}, [], [{ toString: 1 }], '1b', -1, 1e300, '::', 'TCP', '2106-02-07T06:28:15Z'),
    )
    const keys = [
      'flow_id',
      'src_ip',
      'dest_ip',
      'src_port',
      'proto',
      'timestamp',
      'flow',
      'netflow',
      'tcp',
      'alert',
      'dns',
      'http',
      'tls',
      'vlan',
      'ether',
      'app_proto',
      '__proto__',
    ]
    const inner = fc.dictionary(
      fc.constantFrom(
        'pkts_toserver',
        'bytes_toserver',
        'start',
        'end',
        'pkts',
        'bytes',
        'signature',
        'severity',
        'metadata',
        'rrname',
        'queries',
        'url',
        'sni',
        'tcp_flags_ts',
      ),
      value,
    )
    const row = fc.tuple(
      fc.constantFrom('flow', 'netflow', 'alert', 'dns', 'http', 'tls', 'ssh', 'dhcp'),
      fc.dictionary(fc.constantFrom(...keys), fc.oneof(value, inner)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 12 }), async (rows) => {
        const { flows } = await readInput(
          lines(
            flow,
            ...rows.map(([type, rest]) => ({
              ...event(type, { flow: counters, alert: signature }),
              ...rest,
              event_type: type,
            })),
          ),
        )
        expect(flows.length).toBeGreaterThan(0)
        expect(flows.filter((one) => !isSane(one))).toEqual([])
      }),
      { numRuns: 200 },
    )
  })
})
