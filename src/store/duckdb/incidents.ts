import { type DuckDBConnection, LIST, listValue, USMALLINT, VARCHAR } from '@duckdb/node-api'
import type { Query } from '../../query/query.ts'
import { addressNumber } from '../../query/values.ts'
import type { IncidentState, KeptIncident, Note, Page } from '../../types/history.ts'
import type { Incident } from '../../types/incident.ts'
import { LEVELS } from '../../types/verdict.ts'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import type { Change, IncidentOrder, Slice } from '../store.ts'
import type { Database, Row } from './database.ts'
import { type Columns, halves, list, whereOf } from './where.ts'

const hostColumns = (sides: string) => ({
  kind: 'addresses' as const,
  each: (test: (columns: { hi: string; lo: string }) => string) =>
    `id IN (SELECT id FROM incident_hosts WHERE ${sides} AND ${test({ hi: 'hi', lo: 'lo' })})`,
})

/** Fields of an incident. */
const COLUMNS: Columns = {
  src: hostColumns('source'),
  dst: hostColumns('NOT source'),
  host: hostColumns('true'),
  port: list('number', 'ports'),
  type: { kind: 'text', sql: ['type'] },
  severity: { kind: 'number', sql: ['severity'] },
  state: { kind: 'text', sql: ['state'] },
  assignee: { kind: 'text', sql: ['assignee'] },
  method: { kind: 'text', sql: ['method'] },
  detector: list('text', 'detectors'),
  attack: list('text', 'attack'),
  is: { kind: 'text', sql: ["CASE WHEN suppressed_by IS NULL THEN '' ELSE 'suppressed' END", "'anomaly'"] },
  incident: { kind: 'text', sql: ['id'] },
  bytes: { kind: 'number', sql: ['bytes'] },
  packets: { kind: 'number', sql: ['packets'] },
  duration: { kind: 'number', sql: ['last_seen - first_seen'] },
  score: { kind: 'number', sql: ['score'] },
  flows: { kind: 'number', sql: ['flows'] },
  since: { kind: 'number', sql: ['last_seen'] },
  until: { kind: 'number', sql: ['first_seen'] },
  last: { kind: 'number', sql: ['last_seen'] },
  any: { kind: 'text', sql: ['title', 'type', 'id', 'assignee'] },
}
const ORDERS: Readonly<Record<IncidentOrder, string>> = {
  recent: 'ORDER BY last_seen DESC, id DESC',
  severe: 'ORDER BY severity DESC, last_seen DESC, id DESC',
}

/** Keeps new versions within a transaction; what people decided of an incident stays with it. */
export async function putIncidents(
  connection: DuckDBConnection,
  incidents: readonly Incident[],
  suppressedBy: (incident: Incident) => string | null,
): Promise<KeptIncident[]> {
  const newest = [...new Map(incidents.map((incident) => [incident.id, incident])).values()]
  const known = new Map(
    (
      await byIds(
        connection,
        newest.map(({ id }) => id),
      )
    ).map((one) => [one.id, one]),
  )
  const kept = newest.map((incident): KeptIncident => {
    const before = known.get(incident.id)
    return {
      ...incident,
      version: (before?.version ?? 0) + 1,
      state: before?.state ?? 'open',
      assignee: before?.assignee ?? null,
      notes: before?.notes ?? [],
      suppressedBy: suppressedBy(incident),
    }
  })
  await replace(connection, kept, known)
  const versions = await connection.createAppender('incident_versions')
  for (const { id, version, lastSeen, ...incident } of kept) {
    versions.appendVarchar(id)
    versions.appendUInteger(version)
    versions.appendDouble(lastSeen)
    versions.appendVarchar(bodyOf({ id, version, lastSeen, ...incident }))
    versions.endRow()
  }
  versions.closeSync()
  return kept
}

/** Applies what was decided; returns the incidents as they are now. */
export async function changeIncidents(connection: DuckDBConnection, changes: readonly Change[]): Promise<void> {
  const known = new Map(
    (await byIds(connection, [...new Set(changes.map(({ id }) => id))])).map((one) => [one.id, one]),
  )
  const changed = new Map(known)
  for (const { id, note, ...change } of changes) {
    const incident = changed.get(id)
    if (incident === undefined) continue
    const notes = note === undefined ? incident.notes : [...incident.notes, note]
    changed.set(id, { ...incident, ...change, notes })
  }
  if (changed.size > 0) await replace(connection, [...changed.values()], known)
}

async function byIds(connection: DuckDBConnection, ids: readonly string[]): Promise<KeptIncident[]> {
  if (ids.length === 0) return []
  const sql = 'SELECT * FROM incidents WHERE id IN (SELECT unnest($ids))'
  const reader = await connection.runAndReadAll(sql, { ids: listValue([...ids]) }, { ids: LIST(VARCHAR) })
  return reader.getRowObjectsJS().map(keptOf)
}

async function replace(
  connection: DuckDBConnection,
  kept: readonly KeptIncident[],
  known: ReadonlyMap<string, KeptIncident>,
): Promise<void> {
  const old = kept.map(({ id }) => id).filter((id) => known.has(id))
  if (old.length > 0) {
    for (const table of ['incidents', 'incident_hosts']) {
      const sql = `DELETE FROM ${table} WHERE id IN (SELECT unnest($ids))`
      await connection.run(sql, { ids: listValue(old) }, { ids: LIST(VARCHAR) })
    }
  }
  const rows = await connection.createAppender('incidents')
  const hosts = await connection.createAppender('incident_hosts')
  for (const incident of kept) {
    appendIncident(rows, incident)
    for (const address of incident.sources) appendHost(hosts, incident.id, true, address)
    for (const address of incident.targets) appendHost(hosts, incident.id, false, address)
  }
  rows.closeSync()
  hosts.closeSync()
}

type Appender = Awaited<ReturnType<DuckDBConnection['createAppender']>>

function appendHost(hosts: Appender, id: string, source: boolean, address: string): void {
  const number = addressNumber(address)
  if (number === null) return
  const [hi, lo] = halves(number)
  hosts.appendVarchar(id)
  hosts.appendBoolean(source)
  hosts.appendUBigInt(hi)
  hosts.appendUBigInt(lo)
  hosts.endRow()
}

function appendIncident(rows: Appender, incident: KeptIncident): void {
  const { id, version, type, title, severity, method, score, firstSeen, lastSeen, flows, packets, bytes } = incident
  rows.appendVarchar(id)
  rows.appendUInteger(version)
  rows.appendVarchar(type)
  rows.appendVarchar(title)
  rows.appendUTinyInt(LEVELS.indexOf(severity))
  rows.appendVarchar(method)
  for (const number of [score, firstSeen, lastSeen, flows, packets, bytes]) rows.appendDouble(number)
  rows.appendList(listValue(incident.attack), LIST(VARCHAR))
  rows.appendList(listValue(speakers(incident)), LIST(VARCHAR))
  rows.appendList(listValue(incident.ports), LIST(USMALLINT))
  rows.appendVarchar(incident.state)
  if (incident.assignee === null) rows.appendNull()
  else rows.appendVarchar(incident.assignee)
  rows.appendVarchar(JSON.stringify(incident.notes))
  if (incident.suppressedBy === null) rows.appendNull()
  else rows.appendVarchar(incident.suppressedBy)
  rows.appendVarchar(bodyOf(incident))
  rows.endRow()
}

/** Names of the detectors and ids of the rules that speak in an incident. */
export function speakers({ reasons }: Incident): string[] {
  return [...new Set(reasons.flatMap(({ detector, rule }) => (rule === undefined ? [detector] : [detector, rule])))]
}

/** The incident without what has a column of its own and may change without it. */
function bodyOf({ version, state, assignee, notes, suppressedBy, ...incident }: KeptIncident): string {
  return JSON.stringify(incident)
}

function keptOf(row: Row): KeptIncident {
  return {
    ...(JSON.parse(row.body as string) as Incident),
    version: Number(row.version),
    state: row.state as IncidentState,
    assignee: row.assignee as string | null,
    notes: JSON.parse(row.notes as string) as Note[],
    suppressedBy: row.suppressed_by as string | null,
  }
}

/** A page of the incidents a search finds. */
export async function findIncidents(
  database: Database,
  query: Query,
  order: IncidentOrder,
  { limit, cursor }: Slice,
): Promise<Page<KeptIncident>> {
  const where = whereOf(query, COLUMNS)
  const conditions = [where.sql]
  if (cursor !== undefined) {
    const [severity, last, id] = decodeCursor(cursor, ['number', 'number', 'string'])
    const after = '(last_seen < $last OR (last_seen = $last AND id < $id))'
    conditions.push(order === 'recent' ? after : `(severity < $severity OR (severity = $severity AND ${after}))`)
    Object.assign(where.values, { last, id, ...(order === 'severe' && { severity }) })
  }
  const sql = `SELECT * FROM incidents WHERE ${conditions.join(' AND ')} ${ORDERS[order]} LIMIT ${limit + 1}`
  const rows = await database.read(sql, where.values)
  const items = rows.slice(0, limit).map(keptOf)
  const last = items.at(-1)
  const more = rows.length > limit && last !== undefined
  return { items, next: more ? encodeCursor([LEVELS.indexOf(last.severity), last.lastSeen, last.id]) : null }
}

export async function findIncident(database: Database, id: string): Promise<KeptIncident | null> {
  const [row] = await database.read('SELECT * FROM incidents WHERE id = $id', { id })
  return row === undefined ? null : keptOf(row)
}

export async function eachIncident(
  database: Database,
  since: number,
  take: (batch: readonly KeptIncident[]) => void,
): Promise<void> {
  const sql = 'SELECT * FROM incidents WHERE last_seen >= $since ORDER BY last_seen, id'
  await database.readEach(sql, { since }, (rows) => take(rows.map(keptOf)))
}

export async function countIncidents(database: Database) {
  const [open, hits] = await Promise.all([
    database.read(
      "SELECT severity, count(*) AS count FROM incidents WHERE state = 'open' AND suppressed_by IS NULL GROUP BY severity",
    ),
    database.read(
      `SELECT suppressed_by, count(*) AS hits, max(last_seen) AS last_hit FROM incidents WHERE suppressed_by IS NOT NULL
       GROUP BY suppressed_by`,
    ),
  ])
  return {
    open: Object.fromEntries(open.map((row) => [LEVELS[Number(row.severity)]!, Number(row.count)])),
    hits: new Map(
      hits.map((row) => [row.suppressed_by as string, { hits: Number(row.hits), lastHit: row.last_hit as number }]),
    ),
  }
}
