/** What the history takes and gives back: flows a second, and how long a person waits at 10 million flows kept. */
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { createRandom } from '../src/math/random.ts'
import { parseQuery } from '../src/query/parse.ts'
import { openDuckdb } from '../src/store/duckdb/store.ts'
import { sampleBatch, sampleIncident } from '../src/store/sample.case.ts'
import type { HostView } from '../src/types/host.ts'
import { report, sized } from './measure.ts'

const FLOWS = Number(process.env.FLOWS ?? sized(10_000_000, 1_000_000))
const DAYS = 7
const NOW = 1_700_604_800
const START = NOW - DAYS * 86_400
const ROUNDS = sized(40, 4)
const folder = process.env.BENCH_FOLDER ?? join(tmpdir(), 'nads-bench-store')
const open = () => openDuckdb({ folder, stamp: 'bench', warn: console.warn, ballast: 0 })

if (process.env.KEEP === undefined) {
  await ingest()
  await fill()
}
await wait()

/** Batches as the engine thread hands them over, each second's in one transaction. */
async function ingest(): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  const store = await open()
  const batches = Array.from({ length: 10 }, (_, i) => sampleBatch(i, 1_000, START))
  const rates: number[] = []
  const blocked: number[] = []
  for (let round = 0; round < 8; round++) {
    for (const batch of batches) store.putFlows(batch)
    let last = performance.now()
    let longest = 0
    const beat = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 1)
    const start = performance.now()
    await store.flush()
    if (round > 0) rates.push((10_000 / (performance.now() - start)) * 1_000)
    longest = Math.max(longest, performance.now() - last)
    clearInterval(beat)
    if (round > 0) blocked.push(longest)
  }
  report('flows written a second, 10,000 a transaction', rates, '/s')
  report('longest the main thread stood still meanwhile', blocked, 'ms')
  const commits: number[] = []
  const random = createRandom(1)
  for (let round = 0; round < 40; round++) {
    const start = performance.now()
    await store.putIncidents([sampleIncident(random, round + 1, START + round)], () => null)
    commits.push(performance.now() - start)
  }
  report('one incident until it is on disk', commits, 'ms')
  await store.close()
}

/** A week of a small office, made in the database itself. */
async function fill(): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  let store = await open()
  const random = createRandom(1)
  for (let block = 0; block < 10; block++) {
    const incidents = Array.from({ length: 500 }, (_, i) => {
      const number = block * 500 + i + 1
      return sampleIncident(random, number, START + (number / 5_000) * DAYS * 86_400)
    })
    await store.putIncidents(incidents, () => null)
  }
  store.putHosts(Array.from({ length: 5_000 }, (_, i) => device(i)))
  await store.close()
  const instance = await DuckDBInstance.create(join(folder, 'history.duckdb'), { threads: '2', memory_limit: '2GB' })
  const connection = await instance.connect()
  const names =
    "CASE WHEN hash(i * 19) % 3 = 0 THEN concat('{\"dnsQuery\":\"host', hash(i * 23) % 5000, '.example.com\"}') ELSE '' END"
  const step = 1_000_000
  const words = (names: string): string =>
    `CASE WHEN ${names} = '' THEN '' ELSE chr(10) || (${names}->>'$.dnsQuery') || chr(10) END`
  for (let from = 0; from < FLOWS; from += step) {
    await connection.run(`INSERT INTO flows BY NAME SELECT i + 1 AS seq, 0::UBIGINT AS src_hi, 0::UBIGINT AS dst_hi,
      (281470681743360 + 3232235776 + hash(i) % 250)::UBIGINT AS src_lo,
      (281470681743360 + hash(i + 1) % 20000 * 150001)::UBIGINT AS dst_lo,
      ${START} + i * ${(DAYS * 86_400) / FLOWS} AS time, time - (hash(i * 2) % 6000) / 100.0 AS first, first AS opened,
      0 AS slice, i::DOUBLE AS frame, CASE WHEN hash(i * 3) % 3 = 0 THEN 17 ELSE 6 END AS protocol,
      32768 + hash(i * 5) % 28000 AS src_port, [443, 80, 53, 22, 8080, 123][(1 + hash(i * 7) % 6)::BIGINT] AS dst_port,
      0::DOUBLE AS src_mac, 0::DOUBLE AS dst_mac, 0 AS vlan, 64 AS ttl, (hash(i * 9) % 100)::DOUBLE AS packets_out,
      (hash(i * 11) % 100000)::DOUBLE AS bytes_out, 0::DOUBLE AS payload_out, (hash(i * 13) % 100)::DOUBLE AS packets_in,
      (hash(i * 15) % 1000000)::DOUBLE AS bytes_in, 0::DOUBLE AS payload_in, (hash(i * 17) % 1000) / 1000.0 AS score,
      score AS confidence, 0::DOUBLE AS rule_score, score AS ml_score, 1::DOUBLE AS weight, hash(i * 29) % 500 = 0 AS anomaly,
      'eth0' AS input, ['https', 'http', 'dns', 'ssh', 'http', 'ntp'][(1 + hash(i * 7) % 6)::BIGINT] AS service,
      'SF' AS conn_state, 'end' AS end_reason, CASE WHEN anomaly THEN 'Rule' ELSE 'Normal' END AS method,
      CASE WHEN anomaly THEN 'Port Scan' ELSE '' END AS type,
      CASE WHEN anomaly THEN format('nads-{:06d}', 1 + i * 5000 // ${FLOWS}) ELSE '' END AS incident, ${names} AS names,
      bytes_out + bytes_in AS bytes, packets_out + packets_in AS packets,
      (CASE WHEN names = '' THEN 0 ELSE 1 + hash(i * 23) % 5000 END * 12 + hash(i * 7) % 6 * 2 + anomaly::INT)::BIGINT AS text,
      CASE WHEN anomaly THEN 1 + i * 5000 // ${FLOWS} END AS incident_number,
      [0::FLOAT, 1, 2, 3, 0, 0, 0, 0, 1, 1, 0, 3, 9, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 1, 1, 0, 3, 9, 0, 0, 0]::FLOAT[32] AS details
      FROM range(${from}, ${from + step}) t(i)`)
  }
  await connection.run(`INSERT INTO texts SELECT DISTINCT text, ${words('names')},
    concat(coalesce(nullif(${words('names')}, ''), chr(10)), lower(type), chr(10), service, chr(10)) FROM flows`)
  await connection.run(
    `INSERT INTO minutes SELECT ${START} + i * 60, 1000, 2, 50000, 1e8 FROM range(${DAYS * 1_440}) t(i)`,
  )
  await connection.run(`INSERT INTO talkers SELECT ${START} + (i // 100) * 60, concat('192.168.', i % 7, '.', i % 100), 10, 0,
    hash(i) % 100000, hash(i * 3) % 1000000 FROM range(${DAYS * 1_440 * 100}) t(i)`)
  await connection.run('CHECKPOINT')
  connection.closeSync()
  instance.closeSync()
  const bytes = statSync(join(folder, 'history.duckdb')).size
  console.log(`${FLOWS.toLocaleString('en-US')} flows kept, ${Math.round(bytes / FLOWS)} bytes each`)
  store = await open()
  await store.close()
}

/** Of the 5,000 devices that have a name 250 are those of the flows. */
function device(i: number): HostView {
  const address = `192.168.${i >> 8}.${i & 255}`
  return {
    ...{ address, role: 'client', local: true, mac: null, firstSeen: START, lastSeen: NOW - i, flows: 1 },
    ...{ name: `device-${i}-${i < 250 ? 'here' : 'gone'}`, namedBy: 'dhcp' },
  }
}

/** The 95th percentile is what the figures are about: `high` of the line is the worst. */
async function wait(): Promise<void> {
  const store = await open()
  const time = async (what: string, run: (round: number) => Promise<unknown>): Promise<void> => {
    const times: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now()
      await run(round)
      times.push(performance.now() - start)
    }
    const p95 = times.toSorted((a, b) => a - b)[Math.ceil(ROUNDS * 0.95) - 1]!
    report(what, times, 'ms')
    console.log(`${' '.repeat(4)}95th percentile ${p95.toFixed(0)} ms`)
  }
  const day = { from: NOW - 86_400, to: NOW }
  const find = (text: string) => store.flows(parseQuery(text, NOW), { limit: 100 })
  await time('Overview: a day, busiest hosts, worst incidents', () =>
    Promise.all([
      store.timeline(day, 300),
      store.talkers(day, 10),
      store.counts(),
      store.incidents(parseQuery('state:open -is:suppressed', NOW), 'severe', { limit: 5 }),
    ]),
  )
  await time('flows: the newest', () => find(''))
  await time('flows: port:22 src:192.168.0.0/24', () => find('port:22 src:192.168.0.0/24'))
  await time('flows: one host, one destination', (round) => find(`src:192.168.0.${round + 1} port:>8000 bytes:>1MB`))
  await time('flows: rare, over the week', () => find('bytes:>1098kB packets:>195'))
  await time('flows: nothing found, over the week', () => find('src:203.0.113.9'))
  await time('flows: name:host4242 last:24h', () => find('name:host4242.example last:24h'))
  await time('flows: name of a device', (round) => find(`name:device-${round + 1}-here`))
  await time('flows: name of a device, rare over the week', () =>
    find('name:device-42-here bytes:>1090kB packets:>180'),
  )
  await time('flows: name of 64 devices without a flow', () => find('name:gone'))
  await time('flows: name of 64 devices, rare over the week', () => find('name:here bytes:>1098kB packets:>195'))
  await time('flows: a bare word, over the week', () => find('host4999.example.org'))
  await time('flows: a bare word, found, over the week', () => find('host4999.example'))
  await time('incident page: it, its flows, its host', async (round) => {
    const id = `nads-${String(4_999 - round * 100).padStart(6, '0')}`
    await Promise.all([
      store.incident(id),
      store.flows([{ field: 'incident', negated: false, tests: [{ kind: 'text', text: id, exact: true }] }], {
        limit: 50,
      }),
    ])
  })
  await store.close()
}
