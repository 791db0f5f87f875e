import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { configSchema } from '../src/config.ts'
import { run } from '../src/run.ts'
import type { Verdict } from '../src/types/verdict.ts'
import { startProgram } from './browser/program.ts'

const folder = mkdtempSync(join(tmpdir(), 'nads-suricata-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Rules decide alone: the model never learns enough to judge. */
const config = configSchema.parse({ detection: { warmup: 100_000 } })
const START = Date.UTC(2024, 2, 4, 8) / 1000

interface Connection {
  from?: string
  to?: string
  port?: number
  /** Seconds from the start. */
  at: number
  packets?: [sent: number, got: number]
  bytes?: [sent: number, got: number]
  /** Hexadecimal, of either side. */
  flags?: [sent: string, got: string]
  alerts?: Signature[]
}

interface Signature {
  signature: string
  category: string
  severity: 1 | 2 | 3
  metadata?: Record<string, string[]>
}

/** What Suricata writes of connections: of each its alerts, then the flow, in the order in which they end. */
function eve(connections: readonly Connection[]): string {
  return connections.flatMap(eventsOf).join('\n')
}

function eventsOf(connection: Connection, i: number): string[] {
  const { from = '203.0.113.9', to = '10.0.0.5', port = 22, at, alerts = [] } = connection
  const { packets = [12, 10], bytes = [2_600, 2_900], flags = ['1b', '1b'] } = connection
  const time = (seconds: number): string =>
    new Date((START + seconds) * 1000).toISOString().replace(/\.(\d{3})Z$/, '.$1000+0000')
  const ends = { src_ip: from, src_port: 40_000 + i, dest_ip: to, dest_port: port, proto: 'TCP' }
  const counters = {
    pkts_toserver: packets[0],
    pkts_toclient: packets[1],
    bytes_toserver: bytes[0],
    bytes_toclient: bytes[1],
    start: time(at),
  }
  const event = (event_type: string, after: number, rest: object): string =>
    JSON.stringify({ timestamp: time(at + after), flow_id: 1_000 + i, event_type, ...ends, ...rest })
  return [
    ...alerts.map((alert, nth) =>
      event('alert', 0.5, {
        alert: { action: 'allowed', gid: 1, signature_id: 2_000_000 + nth, ...alert },
        flow: counters,
      }),
    ),
    event('flow', 1, {
      flow: { ...counters, end: time(at + 1) },
      tcp: { tcp_flags_ts: flags[0], tcp_flags_tc: flags[1] },
    }),
  ]
}

async function judge(connections: readonly Connection[]) {
  const file = join(folder, 'eve.json')
  writeFileSync(file, `${eve(connections)}\n`)
  const verdicts: Verdict[] = []
  const report = await run(
    { config, sources: [{ name: 'read', kind: 'read', files: [file] }] },
    {
      clock: { now: () => 0, sleep: async () => {} },
      signal: new AbortController().signal,
      judged: (_, verdict) => verdicts.push({ ...verdict }),
    },
  )
  return { ...report, verdicts }
}

/** Guesses of SSH passwords, one every 3 s; a rule fires from the 8th on. `alerts`: by the number of the connection, from 0. */
const guessing = (alerts: Record<number, Signature[]> = {}, rest: Partial<Connection> = {}): Connection[] =>
  Array.from({ length: 20 }, (_, i) => ({ ...rest, at: 3 * i, alerts: alerts[i] ?? [] }))

const exploit: Signature = {
  signature: 'ET EXPLOIT Something',
  category: 'Attempted Administrator Privilege Gain',
  severity: 1,
  metadata: { signature_severity: ['Critical'], mitre_technique_id: ['T1210'] },
}
const odd: Signature = { signature: 'SURICATA STREAM odd', category: 'Generic Protocol Command Decode', severity: 3 }
const notice: Signature = { signature: 'ET INFO Thing', category: 'Misc activity', severity: 2 }
const malware: Signature = { ...exploit, signature: 'ET MALWARE X', category: 'A Network Trojan was detected' }

describe('what Suricata says of a flow that a rule objects to', () => {
  it('is evidence of the same incident, beside that of the rule, whatever the number of flows before it', async () => {
    for (const nth of [7, 13, 16, 18]) {
      const { incidents, verdicts } = await judge(guessing({ [nth]: [exploit] }))
      expect(incidents).toHaveLength(1)
      const [incident] = incidents
      expect(incident).toMatchObject({ type: 'Brute Force', severity: 'critical', flows: 13 })
      expect(incident!.attack).toEqual(['T1110.001', 'T1210'])
      const said = incident!.reasons.map(({ detector, rule, text }) => `${detector} ${rule}: ${text}`)
      expect(said).toContainEqual(expect.stringMatching(/^rules ssh-brute-force: \d+ short SSH connections/))
      expect(said).toContain(
        'suricata 1:2000000: Suricata says ET EXPLOIT Something (Attempted Administrator Privilege Gain)',
      )
      const step = incident!.story!.timeline.find(({ flow }) => flow === nth + 1)
      expect(step).toMatchObject(
        nth === 7 ? { rule: 'ssh-brute-force' } : { detector: 'suricata', rule: '1:2000000', ruleScore: 0.95 },
      )
      // Neither alone says 0.95 of the flow, but 0.9.
      expect(verdicts.map(({ ruleScore }) => ruleScore)).toEqual(
        Array.from({ length: 20 }, (_, i) => (i < 7 ? 0 : i === nth ? 0.95 : 0.9)),
      )
    }
  })

  it('adds to what the rule says: two that are too little alone are enough together', async () => {
    // An upload that a rule of low level tells, and an alert of priority 3.
    const upload = { from: '10.0.0.5', to: '203.0.113.9', port: 443, packets: [90_000, 20_000] as [number, number] }
    const bytes: [number, number] = [120_000_000, 1_200_000]
    const score = async (alerts: Signature[], sent = bytes): Promise<Verdict> => {
      const { verdicts } = await judge([{ at: 0, ...upload, bytes: sent, alerts }])
      return verdicts[0]!
    }
    const [rule, alert, both] = [await score([]), await score([odd], [3_000, 3_000]), await score([odd])]
    expect([rule.anomaly, alert.anomaly, both.anomaly]).toEqual([false, false, true])
    expect([rule, alert, both].map(({ ruleScore }) => ruleScore)).toEqual([0.4, 0.4, 0.8])
    expect(both).toMatchObject({ method: 'Rule', confidence: 0.8 })
  })

  it('names the incident where it is worse and says what kind of attack it is', async () => {
    const { incidents } = await judge(guessing({ 10: [malware] }))
    expect(incidents.map(({ type, severity, flows }) => [type, severity, flows])).toEqual([
      ['Brute Force', 'high', 12],
      ['Malware C&C', 'critical', 1],
    ])
    expect(incidents[1]!.reasons.map(({ detector }) => detector)).toEqual(['rules', 'suricata'])
  })

  it('keeps a reason of every detector, however many alerts there are', async () => {
    const many = Array.from({ length: 8 }, (_, i) => ({ ...exploit, signature: `ET ${i}` }))
    const { incidents } = await judge(guessing({ 10: many, 12: many }))
    const [incident] = incidents
    expect(incident!.reasons).toHaveLength(8)
    expect(incident!.reasons.map(({ detector }) => detector)).toContain('rules')
  })

  it('is what would not have alerted, together with the rule', async () => {
    const { incidents } = await judge(guessing({ 7: [exploit] }))
    expect(incidents[0]!.otherwise!.text).toBe(
      "It would not have alerted with Suricata's alerts none instead of ET EXPLOIT Something, and flows within 5 min 7 instead of 8",
    )
  })
})

describe('what Suricata alone says', () => {
  it.each([
    ['critical', exploit, 'IDS Alert'],
    ['high', { ...exploit, metadata: {} }, 'IDS Alert'],
    ['high', { ...malware, metadata: {} }, 'Malware C&C'],
    ['medium', notice, 'IDS Alert'],
  ] as const)('is an incident of its own: %s', async (severity, signature, type) => {
    const { incidents } = await judge([{ at: 0, port: 8080, alerts: [signature] }])
    expect(incidents).toMatchObject([{ type, severity, flows: 1, method: 'Rule' }])
    expect(incidents[0]!.reasons).toMatchObject([{ detector: 'suricata', rule: '1:2000000' }])
  })

  it('is one incident of whom many outside knock at, and still one each of who does worse', async () => {
    const knocks = Array.from({ length: 300 }, (_, i) => ({
      at: 60 * i,
      from: `203.0.${113 + (i >> 7)}.${1 + (i & 127)}`,
      port: 8000 + i,
      alerts: [i % 100 === 50 ? { ...exploit, metadata: {} } : { ...notice, signature: `ET list ${i % 20}` }],
    }))
    const { incidents, verdicts } = await judge(knocks)
    expect(verdicts.every(({ anomaly }) => anomaly)).toBe(true)
    expect(incidents.map(({ severity, flows, sourceCount }) => [severity, flows, sourceCount]).sort()).toEqual([
      ['high', 1, 1],
      ['high', 1, 1],
      ['high', 1, 1],
      ['medium', 297, 297],
    ])
    expect(incidents.find(({ flows }) => flows > 1)!.title).toBe('IDS Alert against 10.0.0.5 from 297 sources')
  })

  it('is none where it is of the lowest priority', async () => {
    const { incidents, verdicts } = await judge([{ at: 0, port: 8080, alerts: [odd] }])
    expect(incidents).toEqual([])
    expect(verdicts).toMatchObject([{ anomaly: false, ruleScore: 0.4 }])
  })
})

describe('the API', () => {
  it('names both in the incident, and finds it by either', async () => {
    const file = join(folder, 'shown.json')
    writeFileSync(file, `${eve(guessing({ 13: [exploit] }))}\n`)
    const settings = join(folder, 'nads.yaml')
    writeFileSync(settings, JSON.stringify({ sources: [{ kind: 'read', files: [file] }] }))
    const program = await startProgram(['--config', settings])
    try {
      const ask = async (path: string): Promise<Response> => fetch(`${program.url}/api/${path}`)
      const found = async (search: string): Promise<number> => {
        const response = await ask(`incidents?q=${encodeURIComponent(search)}`)
        return ((await response.json()) as { items: unknown[] }).items.length
      }
      await expect.poll(() => found('type:"Brute Force"'), { timeout: 30_000 }).toBe(1)
      expect(await found('detector:suricata detector:ssh-brute-force severity:critical')).toBe(1)
      const text = await (await ask('incidents/nads-000001/markdown')).text()
      expect(text).toContain('Suricata says ET EXPLOIT Something')
      expect(text).toContain('short SSH connections')
    } finally {
      await program.stop()
    }
  }, 60_000)
})
