import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatAddress } from '../src/net/address.ts'
import { timestampOf } from '../src/sources/cicflowmeter/flow.ts'
import { isSane, readInput } from '../src/sources/flow-log/collect.case.ts'
import type { FlowRecord } from '../src/types/flow.ts'
import { findData, findXz } from './tabular/sets.ts'

const ends = (flow: FlowRecord): string =>
  `${formatAddress(flow.address)}:${flow.srcPort} > ${formatAddress(flow.address, 4)}:${flow.dstPort}`

describe('nfdump', () => {
  const OLD = 'ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out'
  const old = (
    from: string,
    to: string,
    ports: string,
    flags: string,
    packets: number,
    bytes: number,
    at = '18:50:47',
  ) => `2019-08-12 ${at},2019-08-12 18:50:49,2.000,${from},${to},${ports},TCP,${flags},0,0,${packets},${bytes},0,0,1,2`

  it('joins the two directions a router tells of, whichever it tells first, and tells alone what stays alone', async () => {
    const lines = [
      OLD,
      old('192.0.2.9', '10.0.0.5', '443,40000', '...AP.SF', 7, 3000, '18:50:48'),
      old('10.0.0.5', '192.0.2.9', '40000,443', '...AP.SF', 5, 600),
      old('10.0.0.6', '192.0.2.9', '40001,23', '......S.', 2, 120),
      'Summary',
      'flows,bytes,packets,avg_bps,avg_pps,avg_bpp',
      '3,1,1,1,1,1',
    ]
    const { flows, report } = await readInput(`${lines.join('\n')}\n`)
    expect(flows.map(ends).sort()).toEqual(['10.0.0.5:40000 > 192.0.2.9:443', '10.0.0.6:40001 > 192.0.2.9:23'])
    const joined = flows.find(({ dstPort }) => dstPort === 443)!
    expect(joined).toMatchObject({ connState: 'SF', service: 'https', first: 1_565_635_847, last: 1_565_635_849 })
    expect([joined.forward.packets, joined.forward.bytes, joined.reverse.packets, joined.reverse.bytes]).toEqual([
      5, 600, 7, 3000,
    ])
    expect(flows.find(({ dstPort }) => dstPort === 23)).toMatchObject({
      connState: 'S0',
      forward: { syn: 2, payload: 0 },
    })
    expect(report).toMatchObject({ packets: 14, problems: {} })
  })

  it('reads the shorter CSV of later versions and JSON the same way', async () => {
    const csv =
      'firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows\n2019-08-12 18:50:47.000,2.000,UDP,10.0.0.5,4000,192.0.2.9,53,3,300,1\n'
    const object = {
      type: 'FLOW',
      first: '2019-08-12T18:50:47.000',
      last: '2019-08-12T18:50:49.000',
      in_packets: 3,
      in_bytes: 300,
      proto: 17,
      tcp_flags: '........',
      src_port: 4000,
      dst_port: 53,
      src4_addr: '10.0.0.5',
      dst4_addr: '192.0.2.9',
      src_vlan: 0,
    }
    const [one] = (await readInput(csv)).flows
    const [two] = (await readInput(`[\n${JSON.stringify(object, null, 1)},\n${JSON.stringify({ type: 'STAT' })}\n]\n`))
      .flows
    expect(one).toMatchObject({
      connState: 'S0',
      service: 'dns',
      last: 1_565_635_849,
      forward: { packets: 3, bytes: 300, payload: 300 - 3 * 28 },
    })
    expect({ ...two, id: 0 }).toEqual({ ...one, id: 0 })
    // Version 1.7 ends a list on the line of its last object.
    const { flows, report } = await readInput(
      `[\n${JSON.stringify(object, null, 1)},\n${JSON.stringify({ ...object, src_port: 4001 }, null, 1)}]\n`,
    )
    expect([flows.length, report.problems]).toEqual([2, {}])
  })
})

describe('CICFlowMeter', () => {
  const OLD =
    'Flow ID, Source IP, Source Port, Destination IP, Destination Port, Protocol, Timestamp, Flow Duration, Total Fwd Packets, Total Backward Packets,Total Length of Fwd Packets, Total Length of Bwd Packets, Fwd IAT Mean, Fwd Packet Length Max, Label'
  const NEW =
    'Flow ID,Src IP,Src Port,Dst IP,Dst Port,Protocol,Timestamp,Flow Duration,Tot Fwd Pkts,Tot Bwd Pkts,TotLen Fwd Pkts,TotLen Bwd Pkts,Fwd IAT Mean,Fwd Pkt Len Max,Label'
  const SNAKE =
    'flow_id,src_ip,src_port,dst_ip,dst_port,protocol,timestamp,flow_duration,tot_fwd_pkts,tot_bwd_pkts,totlen_fwd_pkts,totlen_bwd_pkts,fwd_iat_mean,fwd_pkt_len_max,label'
  const row = 'x,10.0.0.5,40000.0,192.0.2.9,80.0,6.0,TIME,1500000,3,2,100,2000,500000,80,DDoS\n'

  it.each([
    [OLD, '7/3/2017 3:56'],
    [NEW, '07/03/2017 03:56:00 AM'],
    [SNAKE, '2017-03-07 03:56:00'],
  ])('reads the spelling %s', async (header, time) => {
    const { flows, report } = await readInput(`${header}\n${row.replace('TIME', time)}`)
    expect(report.problems).toEqual({})
    expect(flows.map(ends)).toEqual(['10.0.0.5:40000 > 192.0.2.9:80'])
    expect(flows[0]).toMatchObject({ first: 1_488_858_960, connState: 'SF', service: 'http', label: 'DDoS' })
    expect(flows[0]!.forward).toMatchObject({
      packets: 3,
      payload: 100,
      bytes: 100 + 3 * 40,
      gapMean: 0.5,
      lengthMax: 120,
    })
    expect(flows[0]!.last - flows[0]!.first).toBeCloseTo(1.5, 6)
  })

  it('tells noon from midnight, and a date from none', () => {
    const hours = ['12:00:00 AM', '12:00:00 PM', '1:00 pm'].map((clock) => timestampOf(`1/1/1970 ${clock}`) / 3600)
    expect(hours).toEqual([0, 12, 13])
    expect(timestampOf('31/31/1970 1:00')).toBeNaN()
  })

  it('refuses copies without addresses or times in one line', async () => {
    const published = OLD.replace(' Source IP,', '').replace(' Timestamp,', '')
    await expect(readInput(`${published}\n1\n`)).rejects.toThrow(/needs the columns source ip, timestamp/)
  })
})

/** Every log of the corpus, with counts made here by other means. */
describe('published logs', () => {
  const cic = ['ddos', 'portscan', 'sqli', 'xss'].map((name) => findData(`flows/cicids2017/baseline_${name}.csv.xz`))
  const unsw = findData('flows/unsw-nb15/sample_train10.csv.xz')
  const eve = findData('logs/eve/test6-malicious.suricata.json.xz')
  const here = findXz() && unsw !== null && eve !== null && !cic.includes(null)
  const unpack = (path: string): string => execFileSync('xz', ['-dc', path], { maxBuffer: 2 ** 30, encoding: 'latin1' })

  it.skipIf(!here)('CIC-IDS2017: every row is a flow with its label', async () => {
    for (const path of cic) {
      const text = unpack(path!)
      const rows = text.trimEnd().split('\n').slice(1)
      const { flows, report } = await readInput(text)
      expect(report.problems).toEqual({})
      expect(flows).toHaveLength(rows.length)
      expect(flows.every(isSane)).toBe(true)
      const packets = rows
        .map((line) => line.split(','))
        .reduce((sum, cells) => sum + Number(cells[8]) + Number(cells[9]), 0)
      expect(report.packets).toBe(packets)
      expect(flows.filter(({ label }) => label === '')).toHaveLength(
        rows.filter((line) => /,BENIGN\s*$/i.test(line)).length,
      )
    }
  })

  it.skipIf(!here)('UNSW-NB15: every row of a protocol known here is a flow', async () => {
    const rows = unpack(unsw!)
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
    const { flows, report } = await readInput(unpack(unsw!))
    const { 'unknown-protocol': unknown = 0, 'no-packets': empty = 0, ...others } = report.problems
    expect(others).toEqual({})
    expect(flows.length + unknown + empty).toBe(rows.length)
    expect(flows.length).toBeGreaterThan(0.97 * rows.length)
    expect(flows.every(isSane)).toBe(true)
    expect(flows.filter(({ protocol }) => protocol === 6)).toHaveLength(
      rows.filter((cells) => cells[4] === 'tcp').length,
    )
  })

  it.skipIf(!here)('Suricata: every flow and every alert is there once', async () => {
    const rows = unpack(eve!)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const of = (type: string) => rows.filter(({ event_type }) => event_type === type)
    const flowIds = new Set(of('flow').map(({ flow_id }) => flow_id))
    const alone = new Set(
      of('alert')
        .map(({ flow_id }) => flow_id)
        .filter((id) => !flowIds.has(id)),
    )
    const { flows, report } = await readInput(unpack(eve!))
    const { 'no-flow-to-join': _, ...problems } = report.problems
    expect(problems).toEqual({})
    expect(flows.length).toBe(of('flow').length + alone.size)
    const pairs = new Set(of('alert').map(({ flow_id, alert }) => `${flow_id} ${alert.gid}:${alert.signature_id}`))
    expect(flows.reduce((sum, { alerts }) => sum + (alerts?.length ?? 0), 0)).toBe(pairs.size)
    const named = new Set(
      of('dns')
        .map(({ flow_id }) => flow_id)
        .filter((id) => flowIds.has(id)),
    )
    expect(flows.filter(({ names }) => names?.dnsQuery !== undefined).length).toBeLessThanOrEqual(named.size)
    expect(flows.filter(({ names }) => names?.dnsQuery !== undefined).length).toBeGreaterThan(0.9 * named.size)
  })

  it.skipIf(!here)('every other log is read or refused in one line, and nothing is thrown otherwise', async () => {
    const folder = join(eve!, '../..')
    for (const file of readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    )) {
      const path = join(file.parentPath, file.name)
      const input = path.endsWith('.xz') ? unpack(path) : execFileSync('cat', [path], { encoding: 'latin1' })
      const outcome = await readInput(input).catch((error: Error) => error)
      if (outcome instanceof Error) expect(outcome.message).toMatch(/^standard input: /)
      else expect(outcome.flows.every(isSane)).toBe(true)
    }
  })
})
