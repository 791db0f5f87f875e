import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../math/random.ts'
import { parseQuery } from '../../query/parse.ts'
import { InputError } from '../../types/errors.ts'
import { sampleBatch, sampleIncident } from '../sample.case.ts'
import { storeContract } from '../store.case.ts'
import { MIGRATIONS, TABLES } from './schema.ts'
import { openDuckdb } from './store.ts'

const folder = mkdtempSync(join(tmpdir(), 'nads-store-'))
afterAll(() => rmSync(folder, { recursive: true }))
const warn = (message: string): void => {
  throw new Error(message)
}
let next = 0

storeContract('in memory', () => openDuckdb({ folder: null, stamp: 's', warn }))
storeContract('in a file', () => openDuckdb({ folder: join(folder, String(next++)), stamp: 's', warn, ballast: 0 }))

it('brings a file of the first version up to date', async () => {
  const here = join(folder, 'first')
  mkdirSync(here)
  const instance = await DuckDBInstance.create(join(here, 'history.duckdb'))
  const connection = await instance.connect()
  for (const sql of MIGRATIONS[0]!) await connection.run(sql)
  await connection.run('CREATE TABLE schema_version AS SELECT 1 AS version')
  await connection.run(`INSERT INTO flows BY NAME SELECT 1 AS seq, 0 AS src_hi, 1 AS src_lo, 0 AS dst_hi, 2 AS dst_lo,
    1700000000 AS time, 6 AS protocol, 40 AS packets_out, 2 AS packets_in, 900 AS bytes_out, 100 AS bytes_in,
    '{"tlsSni":"Shop.Example.com","httpHost":"b.example"}' AS names, 'eth0' AS input, 'nads-000007' AS incident, 'Port Scan' AS type`)
  connection.closeSync()
  instance.closeSync()
  const store = await openDuckdb({ folder: here, stamp: 's', warn, ballast: 0 })
  const found = async (text: string) => (await store.flows(parseQuery(text, 1_700_000_100), { limit: 9 })).items.length
  expect(await found('name:shop.example packets:42 bytes:1000')).toBe(1)
  expect(await found('name:=b.example')).toBe(1)
  expect(await found('name:=example')).toBe(0)
  expect(await found('scan shop.example incident:=nads-000007')).toBe(1)
  expect(await found('incident:=nads-000008')).toBe(0)
  await store.close()
})

describe('a history in a file', () => {
  const open = () => openDuckdb({ folder: join(folder, String(next++)), stamp: 's', warn, ballast: 0 })

  it('is written as Parquet, every table and every row, and only below its folder', async () => {
    const store = await open()
    store.putFlows(sampleBatch(1, 700, 1_700_000_000))
    await store.putIncidents([sampleIncident(createRandom(1), 1, 1_700_000_000)], () => null)
    await store.flush()
    const files = await store.exportTo('export')
    expect(files.map((file) => basename(file))).toEqual(TABLES.map((table) => `${table}.parquet`))
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const rows = async (table: string) => {
      const path = join(folder, String(next - 1), 'export', `${table}.parquet`)
      return Number((await connection.runAndReadAll(`SELECT count(*) FROM '${path}'`)).getRows()[0]![0])
    }
    expect([await rows('flows'), await rows('incidents'), await rows('journal')]).toEqual([700, 1, 0])
    connection.closeSync()
    instance.closeSync()
    await expect(store.exportTo('../elsewhere')).rejects.toThrow(InputError)
    await store.close()
  })

  it('stays below its size: the oldest flows go, incidents stay', async () => {
    const FLOWS = 640_000
    const first = await open()
    first.putFlows(sampleBatch(1, 10_000, 1_700_000_000))
    await first.putIncidents([sampleIncident(createRandom(1), 1, 1_700_000_000)], () => null)
    await first.close()
    const instance = await DuckDBInstance.create(join(folder, String(next - 1), 'history.duckdb'))
    const connection = await instance.connect()
    for (let flows = 10_000; flows < FLOWS; flows *= 2) {
      await connection.run(
        `INSERT INTO flows SELECT * REPLACE (seq + ${flows} AS seq, time + ${flows} AS time) FROM flows`,
      )
    }
    connection.closeSync()
    instance.closeSync()
    next--
    const store = await open()
    const limits = { flowDays: 1e6, incidentDays: 1e6, maxBytes: 1e12, maxFlows: 1e9 }
    await store.retain(limits, 1_701_000_000)
    const { bytes } = await store.status()
    const deleted = await store.retain({ ...limits, maxBytes: bytes * 0.6 }, 1_701_000_000)
    const status = await store.status()
    expect(deleted).toBeGreaterThan(0)
    expect(deleted).toBeLessThan(500_000)
    expect(status.bytes).toBeLessThanOrEqual(bytes * 0.6)
    expect(status).toMatchObject({ incidents: 1, flows: FLOWS - deleted })
    expect((await store.flows([], { limit: 1 })).items[0]!.time).toBe(1_700_000_000 + FLOWS - 1)
    await store.close()
  })
})
