import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAddress } from '../../net/address.ts'
import type { FlowRecord } from '../../types/flow.ts'
import { isSane, parseLines } from '../flow-log/collect.case.ts'
import { BINETFLOW } from './binetflow.ts'
import { COLUMNS } from './columns.ts'
import { connStateOf } from './state.ts'
import { forwardPackets } from './volume.ts'

const HEADER =
  'StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,srcUdata,Label'
const HTTP =
  '2013/12/17 22:09:19.5,1.25,tcp,10.0.0.46,49158,   ->,203.0.113.9,80,FSPA_FSPA,0,0,10,5140,640,s[4]=R0VU,flow=From-Botnet-V42-TCP'
const ECHO =
  '2013/12/17 22:09:20,0.030,icmp,10.0.0.46,0x0008,  <->,203.0.113.9,0x2d34,ECO,0,0,2,196,98,,flow=Background'
const ARP = '1970/01/01 01:00:06.5,1999.1,arp,192.168.1.112,,  who,192.168.1.2,,CON,,,22,924,462,,'
const SCAN = '2013/12/17 22:09:21,0.000,tcp,10.0.0.46,4000,   ->,203.0.113.9,23,S_RA,0,0,2,120,60,,'

function flowOf(line: string, header = HEADER): FlowRecord {
  const { result, record } = parseLines(BINETFLOW, [header, line])[1]!
  expect(result).toBe('flow')
  return record
}

describe('BINETFLOW', () => {
  it('reads a TCP connection in IP lengths', () => {
    const flow = flowOf(HTTP)
    expect(flow).toMatchObject({
      first: 1387318159.5,
      last: 1387318160.75,
      slice: 0,
      protocol: 6,
      srcPort: 49158,
      dstPort: 80,
    })
    expect(flow).toMatchObject({ service: 'http', connState: 'SF', endReason: 'end', label: 'From-Botnet-V42-TCP' })
    expect([formatAddress(flow.address), formatAddress(flow.address, 4)]).toEqual(['10.0.0.46', '203.0.113.9'])
    expect(flow.forward).toMatchObject({
      packets: 5,
      bytes: 640 - 5 * 14,
      payload: 640 - 5 * 54,
      syn: 1,
      fin: 1,
      ack: 5,
    })
    expect(flow.reverse).toMatchObject({ packets: 5, bytes: 4500 - 5 * 14, syn: 1, gapMax: 0 })
  })

  it('reads ICMP, ARP and a refused connection', () => {
    expect(flowOf(ECHO)).toMatchObject({ protocol: 1, srcPort: 8, dstPort: 0, connState: 'SF', label: '' })
    expect(flowOf(ECHO.replace('0x0008', '0x0303')).dstPort).toBe(3)
    const arp = flowOf(ARP)
    expect(arp).toMatchObject({ protocol: 0x0806, srcPort: 1, dstPort: 0, connState: 'SF' })
    expect(arp.forward).toMatchObject({ packets: 11, bytes: 11 * 28, lengthMean: 28 })
    const scan = flowOf(SCAN)
    expect(scan).toMatchObject({ connState: 'REJ', service: 'telnet' })
    expect([scan.forward.syn, scan.forward.payload, scan.reverse.rst, scan.reverse.payload]).toEqual([1, 0, 1, 0])
  })

  it('turns round what the destination began', () => {
    const flow = flowOf(SCAN.replace('   ->', '  <-').replace('S_RA', 'RA_S'))
    expect([formatAddress(flow.address), flow.srcPort, flow.dstPort]).toEqual(['203.0.113.9', 23, 4000])
    expect(flow).toMatchObject({ connState: 'REJ' })
    expect([flow.forward.syn, flow.reverse.rst]).toEqual([1, 1])
  })

  it('reads the same whatever the order of columns and what separates them', () => {
    const names = HEADER.split(',')
    const values = HTTP.split(',')
    const expected = flowOf(HTTP)
    const order = fc.shuffledSubarray([...names.keys()], { minLength: names.length })
    fc.assert(
      fc.property(order, fc.constantFrom(',', '\t'), (indices, separator) => {
        const header = indices.map((i) => names[i]).join(separator)
        expect(BINETFLOW.recognises(`${header}\n`, 'x')).toBe(true)
        expect(flowOf(indices.map((i) => values[i]).join(separator), header)).toEqual(expected)
      }),
    )
  })

  it('counts what cannot be used by reason, and goes on', () => {
    const cells = HTTP.split(',')
    const change = (at: number, value: string): string => cells.with(at, value).join(',')
    const lines = [
      change(2, 'man'),
      change(2, 'llc'),
      change(0, 'yesterday'),
      change(3, '00:00:00:00:00:00'),
      change(11, '0'),
      change(12, 'many'),
      `${HTTP},more`,
      HEADER,
      HTTP,
    ]
    expect(parseLines(BINETFLOW, [HEADER, ...lines]).map(({ result }) => result)).toEqual([
      'nothing',
      'management-record',
      'unknown-protocol',
      'bad-time',
      'bad-address',
      'no-packets',
      'bad-number',
      'wrong-columns',
      'nothing',
      'flow',
    ])
  })

  it('never throws and never hands on nonsense, whatever the cells', () => {
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom('tcp', 'icmp', '0x0303', '::', '<-', 'S_', '1e15', '-1', '9'.repeat(400), '0'),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 40 }), value), { maxLength: 6 }), (changes) => {
        const names = [...new Set([...HEADER.split(','), ...COLUMNS])]
        const cells = names.map((_, i) => HTTP.split(',')[i] ?? '')
        for (const [at, text] of changes) cells[at % cells.length] = text.replaceAll(/[\t\n]/g, ' ')
        const { result, record } = parseLines(BINETFLOW, [names.join('\t'), cells.join('\t')])[1]!
        expect(result !== 'flow' || isSane(record)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('says in one line what a log lacks', () => {
    expect(() => BINETFLOW.recognises('StartTime,SrcAddr,DstAddr,Proto,Dport,State,TotPkts,TotBytes', 'x')).toThrow(
      'x: a log of flows needs the column SrcBytes',
    )
    expect(BINETFLOW.recognises('time,source\n', 'x')).toBe(false)
  })
})

describe('connStateOf', () => {
  it.each([
    ['S', '', 'S0'],
    ['S', 'RA', 'REJ'],
    ['SPA', 'SPA', 'S1'],
    ['FSPA', 'FSPA', 'SF'],
    ['FSRPA', 'FSPA', 'SF'],
    ['SRPA', 'SPA', 'RSTO'],
    ['SR', '', 'RSTOS0'],
    ['SPA', 'SRPA', 'RSTR'],
    ['', 'SRA', 'RSTRH'],
    ['FSPA', 'SA', 'S2'],
    ['FS', '', 'SH'],
    ['SA', 'FSA', 'S3'],
    ['PA', 'PA', 'OTH'],
    ['FPA', 'R', 'OTH'],
  ])('%s_%s is %s', (forward, reverse, state) => {
    expect(connStateOf(forward, reverse)).toBe(state)
  })
})

describe('forwardPackets', () => {
  it('guesses a split that every packet could have, when there is one', () => {
    const side = fc.array(fc.integer({ min: 54, max: 1514 }), { minLength: 1, maxLength: 100 })
    const sum = (lengths: readonly number[]): number => lengths.reduce((total, length) => total + length, 0)
    fc.assert(
      fc.property(side, side, (sent, got) => {
        const packets = sent.length + got.length
        const totals = { packets, bytes: sum(sent) + sum(got), forwardPackets: Number.NaN, forwardBytes: sum(sent) }
        const guess = forwardPackets(totals, 40)
        expect(guess * 54).toBeLessThanOrEqual(sum(sent))
        expect(guess * 1514).toBeGreaterThanOrEqual(sum(sent))
        expect((packets - guess) * 54).toBeLessThanOrEqual(sum(got))
        expect((packets - guess) * 1514).toBeGreaterThanOrEqual(sum(got))
      }),
    )
  })
})
