import type { DuckDBConnection } from '@duckdb/node-api'
import type { Query, Test } from '../../query/query.ts'
import { addressNumber } from '../../query/values.ts'
import type { HostDay, Interval, KeptHost, Page, Talker } from '../../types/history.ts'
import type { HostView } from '../../types/host.ts'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import type { Minute } from '../flow-batch.ts'
import type { Slice, Span } from '../store.ts'
import type { Database, Row } from './database.ts'
import { addresses, type Column, type Columns, halves, whereOf } from './where.ts'

/** Adds to the totals of minutes. */
export async function appendMinutes(connection: DuckDBConnection, minutes: readonly Minute[]): Promise<void> {
  const appender = await connection.createAppender('minutes')
  for (const { time, flows, anomalies, packets, bytes } of minutes) {
    for (const value of [time, flows, anomalies, packets, bytes]) appender.appendDouble(value)
    appender.endRow()
  }
  appender.closeSync()
}

/** What one host moved in a minute, added to what is known of it. */
export interface TalkerMinute extends Talker {
  time: number
}

export async function appendTalkers(connection: DuckDBConnection, talkers: readonly TalkerMinute[]): Promise<void> {
  const appender = await connection.createAppender('talkers')
  for (const { time, address, flows, anomalies, bytesOut, bytesIn } of talkers) {
    appender.appendDouble(time)
    appender.appendVarchar(address)
    for (const value of [flows, anomalies, bytesOut, bytesIn]) appender.appendDouble(value)
    appender.endRow()
  }
  appender.closeSync()
}

export async function timeline(database: Database, { from, to }: Span, seconds: number): Promise<Interval[]> {
  const rows = await database.read(
    `SELECT floor(time / $seconds) * $seconds AS start, sum(flows) AS flows, sum(anomalies) AS anomalies,
       sum(packets) AS packets, sum(bytes) AS bytes
     FROM minutes WHERE time >= $from AND time < $to GROUP BY start ORDER BY start`,
    { seconds, from, to },
  )
  return rows.map((row) => ({
    time: Number(row.start),
    flows: Number(row.flows),
    anomalies: Number(row.anomalies),
    packets: Number(row.packets),
    bytes: Number(row.bytes),
  }))
}

export async function talkers(database: Database, { from, to }: Span, limit: number): Promise<Talker[]> {
  const rows = await database.read(
    `SELECT address, sum(flows) AS flows, sum(anomalies) AS anomalies, sum(bytes_out) AS bytes_out,
       sum(bytes_in) AS bytes_in
     FROM talkers WHERE time >= $from AND time < $to GROUP BY address
     ORDER BY sum(bytes_out) + sum(bytes_in) DESC, address LIMIT ${limit}`,
    { from, to },
  )
  return rows.map((row) => ({
    address: row.address as string,
    flows: Number(row.flows),
    anomalies: Number(row.anomalies),
    bytesOut: Number(row.bytes_out),
    bytesIn: Number(row.bytes_in),
  }))
}

const DAY = 86_400

export async function hostDays(database: Database, address: string, { from, to }: Span): Promise<HostDay[]> {
  const rows = await database.read(
    `SELECT floor(($to - time) / ${DAY}) AS back, sum(flows) AS flows, sum(anomalies) AS anomalies,
       sum(bytes_out) AS bytes_out, sum(bytes_in) AS bytes_in
     FROM talkers WHERE address = $address AND time >= $from AND time < $to GROUP BY back ORDER BY back DESC`,
    { address, from, to },
  )
  return rows.map((row) => ({
    time: to - (Number(row.back) + 1) * DAY,
    flows: Number(row.flows),
    anomalies: Number(row.anomalies),
    bytesOut: Number(row.bytes_out),
    bytesIn: Number(row.bytes_in),
  }))
}

const STEPS = 20

export async function scores(
  database: Database,
  { from, to }: Span,
): Promise<{ normal: number[]; anomalous: number[] }> {
  const rows = await database.read(
    `SELECT least(${STEPS - 1}, floor(score * ${STEPS})) AS step, anomaly, sum(weight) AS flows FROM flows
     WHERE time >= $from AND time < $to GROUP BY step, anomaly`,
    { from, to },
  )
  const found = { normal: new Array<number>(STEPS).fill(0), anomalous: new Array<number>(STEPS).fill(0) }
  for (const row of rows) found[row.anomaly === true ? 'anomalous' : 'normal'][Number(row.step)] = Number(row.flows)
  return found
}

/** Replaces what was known of these hosts. */
export async function putHosts(connection: DuckDBConnection, hosts: readonly HostView[]): Promise<void> {
  await connection.run('CREATE TEMP TABLE IF NOT EXISTS fresh_hosts AS FROM hosts LIMIT 0')
  await connection.run('DELETE FROM fresh_hosts')
  const appender = await connection.createAppender('fresh_hosts')
  for (const host of hosts) {
    const number = addressNumber(host.address)
    if (number === null) continue
    const [hi, lo] = halves(number)
    appender.appendVarchar(host.address)
    appender.appendUBigInt(hi)
    appender.appendUBigInt(lo)
    appender.appendDouble(host.lastSeen)
    appender.appendVarchar(JSON.stringify(host))
    appender.endRow()
  }
  appender.closeSync()
  await connection.run('DELETE FROM hosts WHERE address IN (SELECT address FROM fresh_hosts)')
  await connection.run('INSERT INTO hosts FROM fresh_hosts')
}

/** Addresses of devices by name that one search looks for: those seen last. */
const NAMESAKES = 64
const NAME: Column = { kind: 'text', sql: ["json_extract_string(body, '$.name')"] }

/** Addresses of the devices that call themselves what one of `tests` asks for, as further tests. */
export async function addressesOfDevices(database: Database, tests: readonly Test[]): Promise<Test[]> {
  const asked = tests.filter((test) => test.kind === 'text' && test.text !== '')
  if (asked.length === 0) return []
  const where = whereOf([{ field: 'name', negated: false, tests: asked }], { name: NAME })
  const sql = `SELECT hi, lo FROM hosts WHERE ${where.sql} ORDER BY last_seen DESC, address LIMIT ${NAMESAKES}`
  return (await database.read(sql, where.values)).map(({ hi, lo }): Test => {
    const address = ((hi as bigint) << 64n) | (lo as bigint)
    return { kind: 'addresses', low: address, high: address }
  })
}

/** Fields of a host. */
const COLUMNS: Columns = {
  name: NAME,
  host: addresses({ hi: 'hi', lo: 'lo' }),
  src: addresses({ hi: 'hi', lo: 'lo' }),
  dst: addresses({ hi: 'hi', lo: 'lo' }),
  since: { kind: 'number', sql: ['last_seen'] },
  until: { kind: 'number', sql: ['last_seen'] },
  last: { kind: 'number', sql: ['last_seen'] },
  type: { kind: 'text', sql: ["json_extract_string(body, '$.role')"] },
  any: { kind: 'text', sql: ['body'] },
}
const SELECT = `SELECT body, address, last_seen, (SELECT count(DISTINCT incidents.id) FROM incident_hosts
  JOIN incidents ON incidents.id = incident_hosts.id
  WHERE incident_hosts.hi = hosts.hi AND incident_hosts.lo = hosts.lo AND state = 'open' AND suppressed_by IS NULL) AS incidents
  FROM hosts`

export async function findHosts(database: Database, query: Query, { limit, cursor }: Slice): Promise<Page<KeptHost>> {
  const where = whereOf(query, COLUMNS)
  let after = 'true'
  if (cursor !== undefined) {
    const [last, address] = decodeCursor(cursor, ['number', 'string'])
    after = '(last_seen < $last OR (last_seen = $last AND address < $address))'
    Object.assign(where.values, { last, address })
  }
  const sql = `${SELECT} WHERE ${where.sql} AND ${after} ORDER BY last_seen DESC, address DESC LIMIT ${limit + 1}`
  const rows = await database.read(sql, where.values)
  const items = rows.slice(0, limit).map(hostOf)
  const last = rows[limit - 1]
  const more = rows.length > limit && last !== undefined
  return { items, next: more ? encodeCursor([last.last_seen as number, last.address as string]) : null }
}

export async function findHost(database: Database, address: string): Promise<KeptHost | null> {
  const [row] = await database.read(`${SELECT} WHERE address = $address`, { address })
  return row === undefined ? null : hostOf(row)
}

function hostOf(row: Row): KeptHost {
  return { ...(JSON.parse(row.body as string) as HostView), incidents: Number(row.incidents) }
}
