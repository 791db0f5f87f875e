import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRandom, integer } from '../math/random.ts'
import { openDuckdb } from '../store/duckdb/store.ts'
import { ADDRESSES, sampleIncident } from '../store/sample.case.ts'
import type { Store } from '../store/store.ts'
import type { KeptIncident, Match, SuppressionDraft } from '../types/history.ts'
import { createDesk, type Desk } from './desk.ts'
import { coverOf, propose } from './expected.ts'

const START = 1_700_000_000
const NOW = START + 86_400

const open = (): Promise<Store> => openDuckdb({ folder: null, stamp: 's', warn: () => {} })
const desk = (store: Store): Promise<Desk> => createDesk({ store, now: () => NOW, onKept: () => {} })

/** Incidents of a day and a half, seeded. */
function incidents(seed: number, count: number) {
  const random = createRandom(seed)
  return Array.from({ length: count }, (_, i) => sampleIncident(random, i + 1, START + integer(random, 0, 130_000)))
}

const some = <T>(values: readonly T[]): fc.Arbitrary<T[] | undefined> =>
  fc.option(fc.subarray([...values], { minLength: 1 }), { nil: undefined, freq: 2 })
const drafts: fc.Arbitrary<SuppressionDraft> = fc
  .record({
    sources: some([...ADDRESSES, '10.0.0.0/8', '0.0.0.0/0', '2001:db8::/32', '::/0']),
    destinations: some(['10.0.0.0/7', '192.168.0.0/16', '::/0']),
    ports: some([22, 53, 80, 443, 8080, 1024, 1025]),
    types: some(['Port Scan', 'Brute Force', 'DNS Tunnel', 'Web Attack']),
    detectors: some(['port-scan', 'ssh-brute-force']),
    schedule: fc.option(
      fc.record({
        days: fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 }),
        from: fc.integer({ min: 0, max: 1_439 }),
        to: fc.integer({ min: 0, max: 1_440 }),
        timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu'),
      }),
      { nil: undefined, freq: 1 },
    ),
    expires: fc.option(fc.integer({ min: START, max: NOW }), { nil: null }),
  })
  .map(({ expires, ...match }) => ({
    match: Object.fromEntries(Object.entries(match).filter(([, part]) => part !== undefined)) as Match,
    reason: '',
    expires,
  }))

async function suppressed(store: Store): Promise<Map<string, string | null>> {
  const found = new Map<string, string | null>()
  await store.eachIncident(0, (batch) => {
    for (const { id, suppressedBy } of batch) found.set(id, suppressedBy)
  })
  return found
}

const covered = (marks: Map<string, string | null>, id: string): number =>
  [...marks.values()].filter((mark) => mark === id).length

describe('"this is expected"', () => {
  let store: Store
  beforeEach(async () => {
    store = await open()
  })
  afterEach(() => store.close())

  it('covers exactly as many as the preview says, saved and replayed; undone, exactly the set from before is left', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1e6 }),
        fc.array(drafts, { minLength: 1, maxLength: 4 }),
        async (seed, list) => {
          const [one, other] = [await open(), await open()]
          const list1 = incidents(seed, 60)
          const first = await desk(one)
          first.take(list1)
          await first.settle()
          const sets: Map<string, string | null>[] = [await suppressed(one)]
          const ids: string[] = []
          for (const draft of list) {
            const { covered: told } = await first.preview(draft, null)
            const { id, hits } = await first.suppress(draft, 'ann')
            const now = await suppressed(one)
            expect(hits).toBe(told)
            expect(covered(now, id)).toBe(told)
            ids.push(id)
            sets.push(now)
          }
          // The journal and the incidents again, in another order, as after losing everything else.
          for (const { seq, ...decision } of await one.decisions()) await other.decide(decision, [])
          const replayed = await desk(other)
          replayed.take(list1.toReversed())
          await replayed.settle()
          expect(await suppressed(other)).toEqual(sets.at(-1))
          for (let last = ids.length - 1; last >= 0; last--) {
            await first.undo(ids[last]!, 'ann')
            expect(await suppressed(one)).toEqual(sets[last])
          }
          await one.close()
          await other.close()
        },
      ),
      { numRuns: 12, seed: 1 },
    )
  })

  it('proposes a match that covers the incident, and nothing else of another source', async () => {
    for (const incident of incidents(3, 40)) {
      const { draft, schedule } = propose(incident, NOW + 86_400, 'Europe/Berlin')
      expect(coverOf(draft)(incident)).toBe(true)
      expect(coverOf({ ...draft, match: { ...draft.match, schedule } })(incident)).toBe(true)
      const another = {
        ...incident,
        sources: [...incident.sources, '198.51.100.9'],
        sourceCount: incident.sourceCount + 1,
      }
      expect(coverOf(draft)(another)).toBe(false)
      expect(coverOf(draft)({ ...incident, portCount: 5_000 })).toBe(false)
      expect(coverOf(draft)({ ...incident, lastSeen: draft.expires! + 1 })).toBe(false)
    }
  })

  it('is told of again once it grows beyond what is expected, with all that was decided', async () => {
    const [incident] = incidents(4, 1)
    const told: KeptIncident[] = []
    const one = await createDesk({ store, now: () => NOW, onKept: (list) => told.push(...list) })
    one.take([incident!])
    await one.settle()
    await one.suppress({ match: { sources: ['::/0'], destinations: ['::/0'] }, reason: 'all', expires: null }, 'ann')
    expect(told.at(-1)!.suppressedBy).toBe('expected-1')
    one.take([{ ...incident!, targetCount: 101 }])
    await one.settle()
    expect(told.at(-1)).toMatchObject({ suppressedBy: null, version: 2 })
  })

  it('asks for nothing, covers nothing; a wrong block is named', () => {
    const [incident] = incidents(5, 1)
    expect(coverOf({ match: {}, expires: null })(incident!)).toBe(false)
    expect(() => coverOf({ match: { sources: ['10.0.0.0/40'] }, expires: null })).toThrow('sources: "10.0.0.0/40"')
    const schedule = { days: [1], from: 0, to: 60, timeZone: 'Mars/Olympus' }
    expect(() => coverOf({ match: { schedule }, expires: null })).toThrow(RangeError)
  })

  it('keeps within a window that passes midnight, in its time zone', () => {
    const random = createRandom(1)
    // Saturday 2023-11-18, 23:30 in Berlin.
    const time = Date.UTC(2023, 10, 18, 22, 30) / 1000
    const incident = { ...sampleIncident(random, 1, time), firstSeen: time, lastSeen: time + 3_000 }
    const night = (days: number[]) =>
      coverOf({ match: { schedule: { days, from: 1_380, to: 60, timeZone: 'Europe/Berlin' } }, expires: null })
    expect(night([6])(incident)).toBe(true)
    expect(night([0])(incident)).toBe(false)
    expect(night([6])({ ...incident, lastSeen: time + 7_200 })).toBe(false)
  })
})

describe('what cannot be kept', () => {
  it('is told of as not kept, held, and kept once that is possible', async () => {
    const store = await open()
    let broken = true
    const failing: Store = {
      ...store,
      putIncidents: (...args) => (broken ? Promise.reject(new Error('disk full')) : store.putIncidents(...args)),
    }
    const told: boolean[] = []
    const one = await createDesk({ store: failing, now: () => NOW, onKept: (_list, saved) => told.push(saved) })
    one.take(incidents(6, 3))
    await one.settle()
    expect(told).toEqual([false])
    expect(one.counters()).toMatchObject({ unsaved: 3, lost: 0 })
    broken = false
    await one.settle()
    expect(told).toEqual([false, true])
    expect(one.counters()).toMatchObject({ unsaved: 0 })
    expect((await store.status()).incidents).toBe(3)
    await store.close()
  })
})
