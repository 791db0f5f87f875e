import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { scrambleText } from '../src/math/scramble.ts'
import { copyFlowRecord, createFlowRecord } from '../src/net/flow-record.ts'
import { createFileSources } from '../src/sources/detect.ts'
import { collectFlows } from '../src/sources/flow-log/collect.case.ts'
import { FILE_KINDS } from '../src/sources/index.ts'
import type { FlowNames } from '../src/types/flow.ts'

const root = mkdtempSync(join(tmpdir(), 'nads-zeek-'))
afterAll(() => rmSync(root, { recursive: true }))
let folders = 0

async function read(files: Record<string, string | Buffer>) {
  const folder = join(root, String(folders++))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  const flows: ReturnType<typeof createFlowRecord>[] = []
  const sources = createFileSources([folder], FILE_KINDS)
  const reports = []
  for (const source of sources) {
    const sink = {
      ...collectFlows(),
      flow: (flow: (typeof flows)[0]) => void flows.push(copyFlowRecord(flow, createFlowRecord())),
    }
    reports.push(await source.run(sink, new AbortController().signal))
  }
  return { flows, reports, lacks: sources.map((source) => source.lacks()), names: sources.map(({ name }) => name) }
}

const json = (...rows: object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
const tsv = (path: string, ...rows: Record<string, unknown>[]): string => {
  const names = Object.keys(rows[0]!)
  const lines = rows.map((row) => names.map((name) => [row[name]].flat().join(',')).join('\t'))
  return ['#separator \\x09', `#path\t${path}`, `#fields\t${names.join('\t')}`, ...lines, ''].join('\n')
}
const ends = (i: number) => ({
  'id.orig_h': '10.0.0.5',
  'id.orig_p': 40_000 + (i % 20_000),
  'id.resp_h': '192.0.2.9',
  'id.resp_p': 53,
})
const conn = (i: number, uid = `C${i}`) => ({
  ts: 1000 + i,
  uid,
  ...ends(i),
  proto: 'udp',
  service: 'dns',
  duration: 0.5,
  conn_state: 'SF',
  history: 'Dd',
  orig_pkts: 1,
  orig_ip_bytes: 80,
  resp_pkts: 1,
  resp_ip_bytes: 120,
})
const dns = (i: number, query: string, rest: object = {}) => ({
  ts: 1000 + i,
  uid: `C${i}`,
  ...ends(i),
  proto: 'udp',
  trans_id: 7,
  query,
  qtype: 16,
  rcode: 0,
  answers: ['a', 'b'],
  ...rest,
})

describe('a folder of Zeek’s logs', () => {
  const beside = {
    dns: [dns(1, 'first.example'), dns(1, 'second.example', { rcode: 3, answers: [] })],
    http: [
      {
        ts: 1002,
        uid: 'C2',
        ...ends(2),
        trans_depth: 1,
        method: 'GET',
        host: 'h.example',
        uri: '/a%20b?x=1',
        user_agent: 'ua/1',
        status_code: 404,
      },
      {
        ts: 1002,
        uid: 'C2',
        ...ends(2),
        trans_depth: 2,
        method: 'POST',
        host: 'h.example',
        uri: '/../../etc/passwd',
        user_agent: 'ua/1',
        status_code: 200,
      },
    ],
    ssl: [
      {
        ts: 1003,
        uid: 'C3',
        ...ends(3),
        version: 'TLSv12',
        cipher: 'x',
        server_name: 's.example',
        next_protocol: 'h2',
      },
    ],
    ssh: [{ ts: 1004, uid: 'C4', ...ends(4), auth_success: 'T', client: 'SSH-2.0-a', server: 'SSH-2.0-b' }],
    dhcp: [
      {
        ts: 1005,
        uids: ['C5', 'C6'],
        mac: '02:00:00:00:00:01',
        host_name: 'pc',
        requested_addr: '10.0.0.7',
        msg_types: ['REQUEST', 'ACK'],
      },
    ],
  }
  const dhcpNames: FlowNames = { dhcpMessage: 3, dhcpClients: 1, dhcpHost: 'pc', dhcpRequested: '10.0.0.7' }
  const expected: Partial<FlowNames>[] = [
    {
      dnsQuery: 'first.example',
      dnsType: 16,
      dnsRcode: 0,
      dnsAnswers: 2,
      dnsQueries: 2,
      dnsNames: 2,
      dnsNxdomain: 1,
      dnsOddTypes: 2,
      dnsNameBytes: 27,
      dnsLongestLabel: 7,
      dnsHashes: ['first.example', 'second.example'].map((name) => scrambleText(name, 0)),
    },
    {
      httpMethod: 'GET',
      httpHost: 'h.example',
      httpPath: '/a b?x=1',
      httpUserAgent: 'ua/1',
      httpStatus: 404,
      httpRequests: 2,
      httpErrors: 1,
      httpOddPath: '/a b?x=1',
    },
    { tlsSni: 's.example', tlsAlpn: 'h2' },
    { ssh: 'SSH-2.0-a' },
    dhcpNames,
    dhcpNames,
  ]
  const conns = [1, 2, 3, 4, 5, 6].map((i) => conn(i))

  it.each([
    ['in JSON', json, (_: string, rows: Record<string, unknown>[]) => json(...rows)],
    [
      'tab-separated',
      (...rows: Record<string, unknown>[]) => tsv('conn', ...rows),
      (path: string, rows: Record<string, unknown>[]) => tsv(path, ...rows),
    ],
  ])('%s gives flows the names that were logged of them', async (_, flowLog, besideLog) => {
    const companions = Object.entries(beside).map(([path, rows]) => [`${path}.log`, besideLog(path, rows)])
    const { flows, reports, lacks, names } = await read({
      'conn.log': flowLog(...conns),
      ...Object.fromEntries(companions),
    })
    expect(flows.map((flow) => flow.names)).toEqual(expected.map((one) => expect.objectContaining(one)))
    expect(reports).toEqual([expect.objectContaining({ problems: {}, truncated: false })])
    expect(names).toEqual(['conn.log'])
    for (const sight of ['dns', 'http', 'tls', 'ssh', 'dhcp'] as const) expect(lacks[0]).not.toContain(sight)
    expect(lacks[0]).toContain('modbus')
  })

  it('reads rotated and packed logs in folders of days in their order, and what is none of ours not at all', async () => {
    const { flows, reports, lacks } = await read({
      '2024-01-01/conn.22:00:00-23:00:00.log.gz': gzipSync(json(conn(1))),
      '2024-01-01/conn.23:00:00-00:00:00.log.gz': gzipSync(json(conn(2))),
      '2024-01-02/conn.00:00:00-01:00:00.log': json(conn(3)),
      '2024-01-02/dns.00:00:00-01:00:00.log.gz': gzipSync(json(dns(3, 'third.example'))),
      '2024-01-02/x509.log': json({ ts: 1, fingerprint: 'ab', 'certificate.version': 3 }),
      'notes.txt': 'nothing to see here',
    })
    expect(flows.map(({ srcPort, names }) => [srcPort, names?.dnsQuery])).toEqual([
      [40_001, undefined],
      [40_002, undefined],
      [40_003, 'third.example'],
    ])
    expect(reports[0]!.problems).toEqual({})
    expect(lacks[0]).toContain('http')
  })

  it('counts what belongs to no flow', async () => {
    const { reports } = await read({
      'conn.log': json(conn(1)),
      'dns.log': json(dns(1, 'a.example'), dns(9, 'b.example')),
    })
    expect(reports[0]!.problems).toEqual({ 'no-flow-to-join': 1 })
  })

  it('loses nothing but what it counts when more waits than there is room for', async () => {
    const count = 70_000
    const rows = Array.from({ length: count }, (_, i) => i)
    const { flows, reports } = await read({
      'conn.log': json(conn(0), ...rows.slice(-100).map((i) => conn(i))),
      'dns.log': json(...rows.map((i) => dns(i, `n${i}.example`))),
    })
    const named = flows.filter(({ names }) => names !== null).length
    const { 'join-overflow': overflow = 0, 'no-flow-to-join': unmatched = 0 } = reports[0]!.problems
    expect(flows.length).toBe(101)
    expect(named + overflow + unmatched).toBe(count)
    expect(named).toBeGreaterThanOrEqual(100)
  })

  it('takes hostile lines for what they are', async () => {
    const value = fc.oneof(
      fc.string(),
      fc.double(),
      fc.constantFrom(null, true, {}, [{ toString: 1 }], ['a', 3], '-', -1, 1e300),
    )
    const row = fc.dictionary(
      fc.constantFrom(
        'uid',
        'uids',
        'query',
        'qtype',
        'rcode',
        'answers',
        'uri',
        'method',
        'status_code',
        'msg_types',
        '__proto__',
        'ts',
      ),
      value,
    )
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 20 }), async (rows) => {
        const hostile = json(...rows.map((one) => ({ ...dns(1, 'a.example'), ...one })))
        const { flows } = await read({ 'conn.log': json(conn(1)), 'dns.log': json(dns(1, 'ok.example')) + hostile })
        expect(flows).toHaveLength(1)
        expect(flows[0]!.names!.dnsQuery).toBe('ok.example')
        expect(JSON.stringify(flows[0]!.names)).not.toMatch(/[^\x20-\x7e]/)
      }),
      { numRuns: 50 },
    )
  })
})
