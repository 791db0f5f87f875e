import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, expect, it } from 'vitest'
import { parseQuery } from '../../query/parse.ts'
import { storeContract } from '../store.case.ts'
import { MIGRATIONS } from './schema.ts'
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
    '{"tlsSni":"Shop.Example.com","httpHost":"b.example"}' AS names, 'eth0' AS input, '' AS incident, '' AS type`)
  connection.closeSync()
  instance.closeSync()
  const store = await openDuckdb({ folder: here, stamp: 's', warn, ballast: 0 })
  const found = async (text: string) => (await store.flows(parseQuery(text, 1_700_000_100), { limit: 9 })).items.length
  expect(await found('name:shop.example packets:42 bytes:1000')).toBe(1)
  expect(await found('name:=b.example')).toBe(1)
  expect(await found('name:=example')).toBe(0)
  await store.close()
})
