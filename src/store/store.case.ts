import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRandom } from '../math/random.ts'
import { matches } from '../query/match.ts'
import { parseQuery } from '../query/parse.ts'
import { FIELDS, type FieldName } from '../query/query.ts'
import { flowValues, incidentValues } from '../query/subjects.ts'
import type { KeptFlow, KeptIncident, Page } from '../types/history.ts'
import { sampleBatch, sampleIncident } from './sample.case.ts'
import type { Slice, Store } from './store.ts'
import { CursorError } from './store.ts'

const NOW = 1_700_100_000
const START = NOW - 3_600

/** Everything `slice` by `slice`, as a person pages through it. */
async function all<Item>(list: (slice: Slice) => Promise<Page<Item>>, limit: number): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | undefined
  do {
    const page = await list({ limit, cursor })
    expect(page.items.length).toBeLessThanOrEqual(limit)
    items.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return items
}

const VALUES: Partial<Record<(typeof FIELDS)[FieldName]['kind'], readonly string[]>> = {
  address: ['10.0.0.0/8', '10.0.0.1', '192.168.0.0/16', '2001:db8::/32', '::/0', '0.0.0.0/0', '203.0.113.9,fe80::/10'],
  number: ['22', '>1024', '<=443', '>=53,22', '<1'],
  bytes: ['>20kB', '<=1MB', '1000'],
  seconds: ['>10s', '<1m', '0'],
  level: ['high', '>=medium', '<low', 'critical,low'],
  time: ['2023-11-16T01:40', '2023-11-16T02:10Z'],
  last: ['15m', '1h', '7d'],
}
const WORDS = [
  'scan',
  'tcp',
  'udp',
  'http',
  'dns',
  'example',
  "o'brien",
  'a%b',
  '\u0436',
  '<img',
  'eth0',
  '=ssh',
  'T1046',
  'rules',
  'nads-000003',
  'x\\\\z',
]

/** Searches that are right, of every field. */
const term = fc.constantFrom(...(Object.keys(FIELDS) as FieldName[])).chain((field) => {
  const { kind } = FIELDS[field]
  const choices = 'choices' in FIELDS[field] ? (FIELDS[field] as { choices: readonly string[] }).choices : null
  const value = fc.constantFrom(...(choices ?? VALUES[kind] ?? WORDS))
  return fc
    .tuple(fc.boolean(), value)
    .map(([not, text]) => `${not ? '-' : ''}${field === 'any' ? '' : `${field}:`}${text}`)
})
const search = fc.array(term, { minLength: 1, maxLength: 3 }).map((terms) => terms.join(' '))

/** What every store promises, whatever it is made of. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(name, () => {
    let store: Store
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())

    const incidents = (count: number, seed = 1) => {
      const random = createRandom(seed)
      return Array.from({ length: count }, (_, i) => sampleIncident(random, i + 1, START + i * 30))
    }
    const none = (): null => null

    it('keeps the newest version of an incident, and what people decided of it', async () => {
      const [first] = incidents(1)
      expect((await store.putIncidents([first!], none))[0]).toMatchObject({ version: 1, state: 'open', notes: [] })
      const note = { time: NOW, author: 'ann', text: 'looked at it' }
      await store.decide({ time: NOW, author: 'ann', kind: 'state', subject: first!.id, content: 'acknowledged' }, [
        { id: first!.id, state: 'acknowledged', assignee: 'bob', note },
        { id: 'unknown', state: 'closed' },
      ])
      const grown = { ...first!, flows: 9_999, lastSeen: first!.lastSeen + 5 }
      await store.putIncidents([grown], () => 's1')
      expect(await store.incident(first!.id)).toEqual({
        ...grown,
        version: 2,
        state: 'acknowledged',
        assignee: 'bob',
        notes: [note],
        suppressedBy: 's1',
      })
      expect(await store.incident('unknown')).toBeNull()
      expect(await store.lastIncidentNumber()).toBe(1)
      expect((await store.counts()).hits.get('s1')).toEqual({ hits: 1, lastHit: grown.lastSeen })
    })

    it('keeps decisions in order, and none whose changes fail', async () => {
      await store.decide({ time: 1, author: 'a', kind: 'x', subject: 's', content: { deep: [1, "'"] } }, [])
      await store.decide({ time: 2, author: 'b', kind: 'y', subject: 't', content: null }, [])
      expect(await store.decisions()).toEqual([
        { seq: 1, time: 1, author: 'a', kind: 'x', subject: 's', content: { deep: [1, "'"] } },
        { seq: 2, time: 2, author: 'b', kind: 'y', subject: 't', content: null },
      ])
      expect(await store.decisions(['y'])).toHaveLength(1)
    })

    it('pages through incidents in both orders without a gap or a repeat', async () => {
      await store.putIncidents(incidents(57), none)
      for (const order of ['recent', 'severe'] as const) {
        const found = await all((slice) => store.incidents([], order, slice), 10)
        expect(new Set(found.map(({ id }) => id)).size).toBe(57)
      }
      await expect(store.incidents([], 'recent', { limit: 5, cursor: 'nonsense' })).rejects.toThrow(CursorError)
    })

    it('finds exactly what the same search finds in memory', async () => {
      await store.putIncidents(incidents(60), (incident) => (incident.flows % 3 === 0 ? 's1' : null))
      store.putFlows(sampleBatch(2, 400, START))
      await store.flush()
      const flows = await all((slice) => store.flows([], slice), 150)
      expect(flows.map(({ seq }) => seq)).toEqual(Array.from({ length: 400 }, (_, i) => 400 - i))
      const kept = await all((slice) => store.incidents([], 'recent', slice), 100)
      await fc.assert(
        fc.asyncProperty(search, async (text) => {
          const query = parseQuery(text, NOW)
          const expected = flows.filter((flow) => matches<KeptFlow>(query, flow, flowValues))
          expect(await all((slice) => store.flows(query, slice), 90)).toEqual(expected)
          const told = kept.filter((incident) => matches<KeptIncident>(query, incident, incidentValues))
          expect(await all((slice) => store.incidents(query, 'recent', slice), 40)).toEqual(told)
        }),
        { numRuns: 60, seed: 1 },
      )
    })

    it('gives flows back as they were judged, and sums of minutes and hosts', async () => {
      const batch = sampleBatch(3, 50, START)
      store.putFlows(batch)
      store.putFlows(sampleBatch(4, 10, START + 60))
      await store.flush()
      const back: { time: number; mean: number; names: unknown }[] = []
      await store.eachFlow({ from: START, to: START + 50 }, (flow, weight) => {
        expect(weight).toBe(1)
        back.push({ time: flow.last, mean: flow.forward.lengthMean, names: flow.names })
      })
      expect(back.map(({ time }) => time)).toEqual(Array.from({ length: 50 }, (_, i) => START + i))
      expect(back[7]!.mean).toBe(batch.details[7 * 32 + 2])
      const [interval, ...more] = await store.timeline({ from: 0, to: NOW }, 86_400)
      expect(more).toEqual([])
      expect(interval).toMatchObject({ flows: 60, anomalies: 2, packets: 20, bytes: 2_000 })
      expect((await store.timeline({ from: 0, to: NOW }, 60)).length).toBe(2)
      const talkers = await store.talkers({ from: 0, to: NOW }, 5)
      expect(talkers).toHaveLength(5)
      const { address, ...moved } = talkers[0]!
      const days = await store.hostDays(address, { from: NOW - 10 * 86_400, to: NOW })
      expect(days).toEqual([{ time: NOW - 86_400, ...moved }])
      expect(await store.hostDays(address, { from: NOW, to: NOW + 86_400 })).toEqual([])
      expect(talkers[0]!.bytesOut + talkers[0]!.bytesIn).toBeGreaterThanOrEqual(
        talkers[4]!.bytesOut + talkers[4]!.bytesIn,
      )
    })

    it('keeps the newest of each host', async () => {
      const host = {
        address: '10.0.0.1',
        role: 'client',
        local: true,
        mac: null,
        firstSeen: 1,
        lastSeen: 5,
        flows: 3,
      } as const
      store.putHosts([host, { ...host, address: '10.0.0.2' }])
      await store.flush()
      store.putHosts([{ ...host, lastSeen: 9 }])
      await store.flush()
      expect((await all((slice) => store.hosts([], slice), 1)).map(({ address }) => address)).toEqual([
        '10.0.0.1',
        '10.0.0.2',
      ])
      expect(await store.host('10.0.0.1')).toEqual({ ...host, lastSeen: 9, incidents: 0 })
      expect(await store.host('10.0.0.9')).toBeNull()
    })

    it('finds flows and hosts by what a device calls itself', async () => {
      store.putFlows(sampleBatch(5, 300, START))
      await store.flush()
      const flows = await all((slice) => store.flows([], slice), 100)
      const ends = [...new Set(flows.flatMap(({ source, destination }) => [source, destination]))]
      const [plain, twin, late] = ends
      const host = { role: 'client', local: true, mac: null, firstSeen: 1, lastSeen: 5, flows: 3 } as const
      store.putHosts([
        { ...host, address: plain!, name: "Zoë's Laptop", namedBy: 'dhcp' },
        { ...host, address: twin!, name: 'laptop-2', namedBy: 'mdns' },
        { ...host, address: late!, name: 'printer', namedBy: 'ssdp' },
        { ...host, address: ends[3]! },
      ])
      await store.flush()
      const found = (text: string) => all((slice) => store.flows(parseQuery(text, NOW), slice), 90)
      const of = (...addresses: string[]) =>
        flows.filter(({ source, destination }) => addresses.includes(source) || addresses.includes(destination))
      for (const text of ['name:laptop', 'name:LAPTOP', 'laptop']) expect(await found(text)).toEqual(of(plain!, twin!))
      expect(await found('name:=printer')).toEqual(of(late!))
      expect(await found('-name:laptop,printer')).toEqual(
        flows.filter((flow) => !of(plain!, twin!, late!).includes(flow)),
      )
      expect(await found('name:nobody-is-called-so')).toEqual([])
      // One by one or as a block, an address is the same.
      expect(await found(`host:${plain},${late}`)).toEqual(of(plain!, late!))
      const called = (await all((slice) => store.hosts(parseQuery('name:laptop', NOW), slice), 1)).map(
        ({ address }) => address,
      )
      expect(called.toSorted()).toEqual([plain!, twin!].toSorted())
    })

    it('deletes what is old, and nothing else', async () => {
      const day = 86_400
      await store.putIncidents(incidents(3), none)
      store.putFlows(sampleBatch(5, 100, NOW - 10 * day))
      store.putFlows(sampleBatch(6, 100, NOW - 100))
      await store.flush()
      const limits = { flowDays: 7, incidentDays: 30, maxBytes: 1e12, maxFlows: 1e9 }
      expect(await store.retain(limits, NOW)).toBe(100)
      expect((await store.status()).flows).toBe(100)
      expect(await store.retain({ ...limits, maxFlows: 40 }, NOW)).toBe(60)
      expect((await all((slice) => store.flows([], slice), 100)).at(-1)!.time).toBe(NOW - 40)
      // What is found by its name was numbered before the deletion, or is after it.
      store.putFlows(sampleBatch(7, 60, NOW))
      await store.flush()
      for (const text of ['name:example', 'scan', 'http', 'incident:=nads-000003']) {
        const query = parseQuery(text, NOW)
        const expected = (await all((slice) => store.flows([], slice), 100)).filter((flow) =>
          matches<KeptFlow>(query, flow, flowValues),
        )
        expect(expected.length).toBeGreaterThan(0)
        expect(await all((slice) => store.flows(query, slice), 100)).toEqual(expected)
      }
      await store.retain({ ...limits, incidentDays: 1 }, NOW + 5 * day)
      expect(await store.status()).toMatchObject({ incidents: 0, state: 'ok' })
    })
  })
}
