import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAddress } from '../net/address.ts'
import { createFlowRecord, PROTOCOL } from '../net/flow-record.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { Incident } from '../types/incident.ts'
import type { Finding, Verdict } from '../types/verdict.ts'
import { type CorrelateOptions, createCorrelator } from './correlate.ts'
import { UNCLASSIFIED } from './entry.ts'

const OPTIONS: CorrelateOptions = { quiet: 60, cap: 100, history: 100 }
const SCAN: Finding = { type: 'Port Scan', attack: ['T1046'], level: 'high', response: 'Ask its owner.' }
const FLOOD: Finding = { type: 'DDoS', attack: ['T1498'], level: 'critical', by: 'target' }

function flow(src: string, dst: string, time: number): FlowRecord {
  const record = createFlowRecord()
  parseAddress(src, record.address, 0)
  parseAddress(dst, record.address, 4)
  record.first = record.last = time
  record.forward.packets = 2
  record.forward.bytes = 100
  return record
}

const verdict = (method: Verdict['method'], confidence = 0.9): Verdict => ({
  anomaly: true,
  method,
  confidence,
  ruleScore: 0.9,
  mlScore: 0.5,
  score: 0.9,
})

const explain = () => [{ detector: 'rules', text: 'why', feature: 'packets', observed: 2, expected: '<= 1', share: 1 }]

describe('createCorrelator', () => {
  it('counts who is only strange beside the victim, without accusing them or hiding what named the attack', () => {
    const correlator = createCorrelator(OPTIONS)
    const model = {
      detector: 'isolation-forest',
      text: 'odd',
      feature: 'packets',
      observed: 9,
      expected: '<= 1',
      share: 1,
    }
    const rule = { ...model, detector: 'rules', rule: 'flood', text: 'a flood' }
    const beside = flow('10.0.0.8', '10.0.0.7', 2)
    correlator.add({
      flow: flow('192.0.2.1', '10.0.0.7', 1),
      now: 1,
      verdict: verdict('Rule'),
      findings: [FLOOD],
      explain: () => [rule],
    })
    for (const findings of [[], [SCAN]]) {
      correlator.attach({ flow: beside, now: 2, verdict: verdict('ML'), findings, explain: () => [model] })
    }
    expect(correlator.list()).toMatchObject([
      {
        title: 'DDoS against 10.0.0.7 from 192.0.2.1',
        sources: ['192.0.2.1'],
        flows: 3,
        method: 'Hybrid',
        reasons: [rule, model],
      },
    ])
    expect(
      correlator.attach({
        flow: flow('192.0.2.1', '10.0.0.9', 3),
        now: 3,
        verdict: verdict('ML'),
        findings: [],
        explain,
      }),
    ).not.toBeNull()
  })

  it('makes one incident of a scan of every port', () => {
    const changes: number[] = []
    const correlator = createCorrelator({ ...OPTIONS, onChange: (incident) => changes.push(incident.flows) })
    for (let port = 1; port <= 65_535; port++) {
      correlator.add({
        flow: flow('10.0.0.5', '10.0.0.7', port / 1000),
        now: 1,
        verdict: verdict('Rule'),
        findings: [SCAN],
        explain,
      })
    }
    const incidents = correlator.list()
    expect(incidents).toHaveLength(1)
    expect(incidents[0]).toMatchObject({
      type: 'Port Scan',
      title: 'Port Scan from 10.0.0.5 to 10.0.0.7',
      severity: 'high',
      attack: ['T1046'],
      flows: 65_535,
      packets: 131_070,
      response: 'Ask its owner.',
    })
    expect(changes.length).toBeLessThan(60)
  })

  it('makes one incident of a flood from many sources', () => {
    const correlator = createCorrelator(OPTIONS)
    for (let i = 0; i < 5000; i++) {
      const source = `203.0.${i >> 8}.${i & 255}`
      correlator.add({
        flow: flow(source, '10.0.0.7', i / 100),
        now: 1,
        verdict: verdict('Rule'),
        findings: [FLOOD],
        explain,
      })
    }
    const [incident, ...others] = correlator.list()
    expect(others).toEqual([])
    expect(incident).toMatchObject({
      sourceCount: 5000,
      targetCount: 1,
      title: 'DDoS against 10.0.0.7 from 5,000 sources',
    })
    expect(incident!.sources).toHaveLength(100)
  })

  it('is Hybrid once rules and model both had a part', () => {
    const correlator = createCorrelator(OPTIONS)
    for (const method of ['Rule', 'ML'] as const) {
      correlator.add({
        flow: flow('10.0.0.5', '10.0.0.7', 1),
        now: 1,
        verdict: verdict(method),
        findings: [SCAN],
        explain,
      })
    }
    expect(correlator.list()[0]).toMatchObject({ method: 'Hybrid', flows: 2 })
  })

  it('names what the model found before a rule could', () => {
    const correlator = createCorrelator(OPTIONS)
    const seen = { flow: flow('10.0.0.5', '10.0.0.7', 1), now: 1, explain }
    correlator.add({ ...seen, verdict: verdict('ML'), findings: [] })
    expect(correlator.list()[0]).toMatchObject({ type: UNCLASSIFIED, method: 'ML' })
    correlator.add({ ...seen, now: 9, verdict: verdict('Rule'), findings: [SCAN] })
    correlator.add({ ...seen, now: 9, verdict: verdict('Rule'), findings: [SCAN] })
    expect(correlator.list()).toMatchObject([
      { type: 'Port Scan', title: 'Port Scan from 10.0.0.5 to 10.0.0.7', method: 'Hybrid', flows: 3, detectedAt: 1 },
    ])
    expect(correlator.attach({ ...seen, verdict: verdict('ML'), findings: [] })).toMatchObject({ flows: 4 })
  })

  it('takes nobody for a suspect whom alerts about strangers are told of', () => {
    const correlator = createCorrelator(OPTIONS)
    const seen = flow('203.0.113.9', '10.0.0.5', 1)
    const alert = { type: 'IDS Alert', attack: [], level: 'medium' } as const
    correlator.add({ flow: seen, now: 1, verdict: verdict('Rule'), findings: [{ ...alert, by: 'target' }], explain })
    expect([correlator.leads(seen.address, 0), correlator.leads(seen.address, 4)]).toEqual([false, false])
    expect(correlator.attach({ flow: seen, now: 2, verdict: verdict('ML'), findings: [], explain })).toBeNull()
    correlator.add({ flow: seen, now: 2, verdict: verdict('Rule'), findings: [alert], explain })
    expect(correlator.leads(seen.address, 0)).toBe(true)
  })

  it('makes one incident of two devices in one name, and of one device in two', () => {
    const correlator = createCorrelator(OPTIONS)
    const spoofing: Finding = { type: 'ARP Spoofing', attack: ['T1557.002'], level: 'high' }
    const claims = [
      ['10.0.0.1', 0xaa],
      ['10.0.0.1', 0xbb],
      ['10.0.0.9', 0xbb],
      ['10.0.0.77', 0xcc],
    ] as const
    for (const [source, srcMac] of claims) {
      const claim = Object.assign(flow(source, '10.0.0.7', 1), { protocol: PROTOCOL.arp, srcMac })
      correlator.add({ flow: claim, now: 1, verdict: verdict('Rule'), findings: [spoofing], explain })
    }
    expect(correlator.list().map(({ title, sources }) => [title, sources])).toEqual([
      ['ARP Spoofing in the name of 10.0.0.1 to 10.0.0.7', ['10.0.0.1', '10.0.0.9']],
      ['ARP Spoofing in the name of 10.0.0.77 to 10.0.0.7', ['10.0.0.77']],
    ])
    correlator.advance(10_000)
    expect(correlator.counters().open).toBe(0)
  })

  it('takes what the model finds of the only victim for the aftermath, for a minute', () => {
    const correlator = createCorrelator(OPTIONS)
    const add = (source: string, target: string): Incident =>
      correlator.add({ flow: flow(source, target, 1), now: 1, verdict: verdict('Rule'), findings: [SCAN], explain })
    const later = (time: number): Incident | null =>
      correlator.attach({
        flow: flow('10.0.0.9', '10.0.0.7', time),
        now: 1,
        verdict: verdict('ML'),
        findings: [],
        explain,
      })
    add('10.0.0.5', '10.0.0.7')
    expect(later(62)).toBeNull()
    expect(later(61)).toMatchObject({ type: 'Port Scan', flows: 2 })
    add('10.0.0.5', '10.0.0.8')
    expect(later(61)).toBeNull()
  })

  it('starts a new incident after silence, and ends the old one', () => {
    const correlator = createCorrelator(OPTIONS)
    for (const time of [0, 59, 118, 179.5]) {
      correlator.add({
        flow: flow('10.0.0.5', '10.0.0.7', time),
        now: 1,
        verdict: verdict('Rule'),
        findings: [SCAN],
        explain,
      })
    }
    expect(correlator.list().map((incident) => incident.flows)).toEqual([3, 1])
    correlator.advance(10_000)
    expect(correlator.counters().open).toBe(0)
    const titles = correlator.list().map((incident) => incident.title)
    expect(titles).toEqual(['Port Scan from 10.0.0.5 to 10.0.0.7', 'Port Scan from 10.0.0.5 to 10.0.0.7'])
  })

  it('holds no more than its caps, whatever comes, and loses no flow while nothing was forgotten', () => {
    const anomaly = fc.record({ src: fc.nat(30), dst: fc.nat(3), step: fc.nat(100), flood: fc.boolean() })
    fc.assert(
      fc.property(fc.array(anomaly, { maxLength: 300 }), (anomalies) => {
        const ended: Incident[] = []
        const correlator = createCorrelator({ ...OPTIONS, cap: 8, onChange: (incident) => ended.push(incident) })
        let time = 0
        for (const { src, dst, step, flood } of anomalies) {
          time += step
          const record = flow(`10.0.0.${src}`, `10.0.1.${dst}`, time)
          correlator.add({ flow: record, now: 1, verdict: verdict('ML'), findings: [flood ? FLOOD : SCAN], explain })
          correlator.advance(time)
          expect(correlator.counters().open).toBeLessThanOrEqual(8)
        }
        const list = correlator.list()
        if (correlator.counters().forgotten === 0) {
          expect(list.reduce((sum, incident) => sum + incident.flows, 0)).toBe(anomalies.length)
        }
        expect(new Set(list.map((incident) => incident.id)).size).toBe(list.length)
        for (const incident of list) expect(incident.lastSeen).toBeGreaterThanOrEqual(incident.firstSeen)
      }),
    )
  })

  it('begins with its evidence, and can be the whole network’s', () => {
    const starved: Finding = {
      type: 'DHCP Starvation',
      attack: ['T1498'],
      level: 'high',
      by: 'network',
      since: { time: 7, address: flow('10.0.0.1', '10.0.0.2', 7).address, within: 0 },
    }
    const correlator = createCorrelator(OPTIONS)
    for (const [i, src] of ['10.0.1.1', '10.0.1.2', '10.0.1.3'].entries()) {
      const record = flow(src, `10.0.2.${i}`, 10 + i)
      correlator.add({ flow: record, now: 20, verdict: verdict('Rule'), findings: [starved], explain })
    }
    const [incident, ...others] = correlator.list()
    expect(others).toEqual([])
    expect(incident).toMatchObject({ firstSeen: 7, sourceCount: 4, targetCount: 4, flows: 3 })
    expect(incident?.sources).toContain('10.0.0.1')
  })

  it('rests after a while, and goes on as the same when what its evidence is gathered in has not passed', () => {
    const told: string[] = []
    const correlator = createCorrelator({ ...OPTIONS, onChange: ({ id }) => told.push(id) })
    const since = { time: 0, address: flow('10.0.0.5', '10.0.0.7', 0).address, within: 3_600 }
    const scan = (time: number): Incident => {
      const record = flow('10.0.0.5', '10.0.0.7', time)
      return correlator.add({
        flow: record,
        now: time,
        verdict: verdict('Rule'),
        findings: [{ ...SCAN, since: { ...since, time } }],
        explain,
      })
    }
    const { id } = scan(10)
    const { address } = flow('10.0.0.5', '10.0.0.7', 0)
    expect(correlator.leads(address, 0)).toBe(true)
    correlator.advance(1_000)
    expect(correlator.leads(address, 0)).toBe(false)
    const other = {
      flow: flow('10.0.0.5', '10.0.0.9', 1_001),
      now: 1_001,
      verdict: verdict('ML'),
      findings: [],
      explain,
    }
    expect(correlator.attach(other)).toBeNull()
    const before = told.length
    expect(scan(2_000).id).toBe(id)
    expect(told.length).toBe(before + 1)
    expect(correlator.leads(address, 0)).toBe(true)
    expect(scan(6_000).id).not.toBe(id)
  })

  it.each([
    [400, 1],
    [600, 2],
  ])('after 1,000 s of it a pause of %i s makes %i', (pause, incidents) => {
    const correlator = createCorrelator(OPTIONS)
    for (const time of [...Array.from({ length: 26 }, (_, i) => 40 * i), 1_000 + pause]) {
      const record = flow('10.0.0.5', '10.0.0.7', time)
      correlator.add({ flow: record, now: time, verdict: verdict('Rule'), findings: [SCAN], explain })
      correlator.advance(time)
    }
    expect(correlator.list()).toHaveLength(incidents)
  })

  it('tells what controls a host and the host as one story, whoever begins, but not two hosts that scan each other', () => {
    const control: Finding = { type: 'Malware C&C', attack: ['T1071'], level: 'medium' }
    for (const [finding, incidents] of [
      [control, 1],
      [SCAN, 2],
    ] as const) {
      const correlator = createCorrelator(OPTIONS)
      for (const [i, [src, dst]] of [
        ['10.0.0.5', '203.0.113.9'],
        ['203.0.113.9', '10.0.0.5'],
      ].entries()) {
        const record = flow(src!, dst!, i)
        correlator.add({ flow: record, now: i, verdict: verdict('Rule'), findings: [finding], explain })
      }
      expect(correlator.list()).toHaveLength(incidents)
    }
  })
})
