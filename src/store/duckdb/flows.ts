import { setImmediate } from 'node:timers/promises'
import {
  ARRAY,
  arrayValue,
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  FLOAT,
  UBIGINT,
  UINTEGER,
  USMALLINT,
  UTINYINT,
  VARCHAR,
} from '@duckdb/node-api'
import { formatAddress } from '../../net/address.ts'
import { communityId } from '../../net/community-id.ts'
import { createFlowRecord, protocolName } from '../../net/flow-record.ts'
import type { Query } from '../../query/query.ts'
import type { ConnState, FlowNames, FlowRecord } from '../../types/flow.ts'
import type { KeptFlow, Page } from '../../types/history.ts'
import type { Method } from '../../types/verdict.ts'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import { DETAILS, type FlowBatch, NUMBERS, TEXTS, unpackFlow, VERDICTS, WIDTH } from '../flow-batch.ts'
import type { Slice, Span } from '../store.ts'
import type { Database, Row } from './database.ts'
import type { Numbering } from './texts.ts'
import { addressesOfDevices } from './traffic.ts'
import { addresses, type Column, type Columns, whereOf } from './where.ts'

const SRC = { hi: 'src_hi', lo: 'src_lo' }
const DST = { hi: 'dst_hi', lo: 'dst_lo' }
/** IANA's numbers as rules and searches write them. */
const PROTOCOL = `CASE protocol WHEN 1 THEN 'icmp' WHEN 2 THEN 'igmp' WHEN 6 THEN 'tcp' WHEN 17 THEN 'udp' WHEN 47 THEN 'gre'
  WHEN 50 THEN 'esp' WHEN 58 THEN 'icmp6' WHEN 132 THEN 'sctp' WHEN 2054 THEN 'arp' ELSE protocol::VARCHAR END`
/** Flows called something by which a column of `texts` passes the test. */
const called = (column: 'names' | 'words'): Column => ({
  kind: 'text',
  sql: [],
  lines: true,
  each: (test) => `text IN (SELECT id FROM texts WHERE ${test(column)})`,
})
/** Texts in the order of the columns of the first version; those after them came later, and their columns are the last. */
const FIRST_TEXTS = TEXTS.indexOf('names') + 1

/** Fields of a flow. */
const COLUMNS: Columns = {
  src: addresses(SRC),
  dst: addresses(DST),
  host: addresses(SRC, DST),
  port: { kind: 'number', sql: ['dst_port'], integer: 'USMALLINT' },
  srcport: { kind: 'number', sql: ['src_port'], integer: 'USMALLINT' },
  protocol: { kind: 'text', sql: [PROTOCOL] },
  service: { kind: 'text', sql: ['service'], lower: true },
  type: { kind: 'text', sql: ["nullif(type, '')"] },
  method: { kind: 'text', sql: ['method'] },
  is: { kind: 'text', sql: ["CASE WHEN anomaly THEN 'anomaly' ELSE 'normal' END"] },
  incident: { kind: 'text', sql: ['incident'], lower: true, narrow: byNumber },
  input: { kind: 'text', sql: ['input'] },
  name: { kind: 'any', of: [called('names'), addresses(SRC, DST)] },
  tunnel: { kind: 'text', sql: ["nullif(tunnel, '')"] },
  bytes: { kind: 'number', sql: ['bytes'] },
  packets: { kind: 'number', sql: ['packets'] },
  duration: { kind: 'number', sql: ['(time - first)'] },
  score: { kind: 'number', sql: ['score'] },
  since: { kind: 'number', sql: ['time'] },
  until: { kind: 'number', sql: ['time'] },
  last: { kind: 'number', sql: ['time'] },
  any: { kind: 'any', of: [called('words'), addresses(SRC, DST)] },
}

const TYPES = { DOUBLE, UINTEGER, USMALLINT, UTINYINT } as const
/** Columns of the table in their order. */
const COLUMN_TYPES: readonly DuckDBType[] = [
  BIGINT,
  UBIGINT,
  UBIGINT,
  UBIGINT,
  UBIGINT,
  ...NUMBERS.map(({ type }) => TYPES[type]),
  ...VERDICTS.map((name) => (name === 'anomaly' ? BOOLEAN : DOUBLE)),
  ...TEXTS.slice(0, FIRST_TEXTS).map(() => VARCHAR),
  ARRAY(FLOAT, DETAILS),
  DOUBLE,
  DOUBLE,
  BIGINT,
  UINTEGER,
  ...TEXTS.slice(FIRST_TEXTS).map(() => VARCHAR),
]
const numbered = (name: string): number => NUMBERS.findIndex((one) => one.name === name)
const texted = (name: (typeof TEXTS)[number]): number => TEXTS.indexOf(name)
const BYTES = [numbered('bytes_out'), numbered('bytes_in')] as const
const PACKETS = [numbered('packets_out'), numbered('packets_in')] as const
const [SERVICE, TYPE, NAMES, INCIDENT] = [texted('service'), texted('type'), texted('names'), texted('incident')]
/** Flows appended before others have their turn on this thread. */
const CHUNK = 512

/** Appends a batch within a transaction; flows are numbered from `seq` on, what they are called by `numbering`. */
export async function appendFlows(
  connection: DuckDBConnection,
  batch: FlowBatch,
  seq: number,
  numbering: Numbering,
): Promise<void> {
  const appender = await connection.createAppender('flows')
  for (let from = 0; from < batch.count; from += CHUNK) {
    appender.appendDataChunk(chunkOf(batch, from, Math.min(CHUNK, batch.count - from), seq + from, numbering))
    await setImmediate()
  }
  appender.closeSync()
}

function chunkOf(batch: FlowBatch, from: number, count: number, seq: number, numbering: Numbering): DuckDBDataChunk {
  const chunk = DuckDBDataChunk.create(COLUMN_TYPES, count)
  const halves = addressHalves(batch, from, count)
  let column = 0
  const fill = (value: (row: number) => unknown): void => {
    const vector = chunk.getColumnVector(column++)
    for (let row = 0; row < count; row++) vector.setItem(row, value(row) as never)
    vector.flush()
  }
  fill((row) => BigInt(seq + row))
  for (let half = 0; half < 4; half++) fill((row) => halves[row * 4 + half])
  for (let i = 0; i < WIDTH - 1; i++) fill((row) => batch.numbers[(from + row) * WIDTH + i])
  fill((row) => batch.numbers[(from + row) * WIDTH + WIDTH - 1] === 1)
  const text = (row: number, column: number): string => batch.texts[(from + row) * TEXTS.length + column]!
  for (let i = 0; i < FIRST_TEXTS; i++) fill((row) => text(row, i))
  fill((row) => arrayValue([...batch.details.subarray((from + row) * DETAILS, (from + row + 1) * DETAILS)]))
  for (const [out, into] of [BYTES, PACKETS]) {
    fill((row) => batch.numbers[(from + row) * WIDTH + out]! + batch.numbers[(from + row) * WIDTH + into]!)
  }
  fill((row) => BigInt(numbering.of(text(row, SERVICE), text(row, TYPE), text(row, NAMES))))
  fill((row) => incidentNumber(text(row, INCIDENT)))
  for (let i = FIRST_TEXTS; i < TEXTS.length; i++) fill((row) => text(row, i))
  return chunk
}

/** The number an id ends with, by which its flows are found; null without one. */
function incidentNumber(id: string): number | null {
  const digits = /\d+$/.exec(id)
  const number = digits === null ? -1 : Number(digits[0])
  return number >= 0 && number <= 0xffff_ffff ? number : null
}

/** Holds wherever a flow is of this incident: whole row groups are skipped by it, as they are not by a text. */
function byNumber(id: string): string {
  const number = incidentNumber(id)
  return `incident_number ${number === null ? 'IS NULL' : `= ${number}`}`
}

/** Both addresses of each flow as halves: the low word of each comes first in memory, as the machine has it. */
function addressHalves({ address }: FlowBatch, from: number, count: number): BigUint64Array {
  const words = new Uint32Array(count * 8)
  for (let i = 0; i < count * 8; i += 2) {
    words[i] = address[from * 8 + i + 1]! >>> 0
    words[i + 1] = address[from * 8 + i]! >>> 0
  }
  return new BigUint64Array(words.buffer)
}

/** The search, which finds by a name also what the devices that call themselves so had a part in. */
async function withDevices(database: Database, query: Query): Promise<Query> {
  const found = query.map(async (term) => {
    if (term.field !== 'name' && term.field !== 'any') return term
    return { ...term, tests: [...term.tests, ...(await addressesOfDevices(database, term.tests))] }
  })
  return Promise.all(found)
}

/** Flows looked through at once, newest first: small, so that what is common is found at once, then ever more. */
const WINDOWS = [250_000, 2_000_000, Number.POSITIVE_INFINITY]

/** A page of the flows a search finds: their numbers first, by the columns it names, then the rest of just those. */
export async function findFlows(database: Database, query: Query, { limit, cursor }: Slice): Promise<Page<KeptFlow>> {
  const where = whereOf(await withDevices(database, query), COLUMNS)
  const [bounds] = await database.read('SELECT coalesce(max(seq), 0) AS newest FROM flows')
  let below = cursor === undefined ? Number(bounds!.newest) + 1 : (decodeCursor(cursor, ['number'])[0] as number)
  const found: number[] = []
  for (const width of WINDOWS) {
    const from = Math.max(0, below - width)
    const sql = `SELECT seq FROM flows WHERE seq >= ${from} AND seq < ${below} AND ${where.sql}
      ORDER BY seq DESC LIMIT ${limit + 1 - found.length}`
    found.push(...(await database.read(sql, where.values)).map((row) => Number(row.seq)))
    below = from
    if (found.length > limit || from === 0) break
  }
  const more = found.length > limit
  const wanted = found.slice(0, limit)
  return { items: await bySeq(database, wanted), next: more ? encodeCursor([wanted.at(-1)!]) : null }
}

async function bySeq(database: Database, wanted: readonly number[]): Promise<KeptFlow[]> {
  if (wanted.length === 0) return []
  const [newest, oldest] = [wanted[0]!, wanted.at(-1)!]
  const sql = `SELECT ${SHOWN} FROM flows WHERE seq BETWEEN ${oldest} AND ${newest}
    AND seq IN (${wanted.join(', ')}) ORDER BY seq DESC`
  return (await database.read(sql)).map(keptOf)
}

/** Columns of what a list shows: each more is unpacked in a thousand rows for one that is wanted. */
const SHOWN = `seq, time, first, input, src_hi, src_lo, dst_hi, dst_lo, src_port, dst_port, protocol, service, conn_state,
  packets_out, packets_in, bytes_out, bytes_in, anomaly, method, score, confidence, rule_score, ml_score, type, incident, names, tunnel,
  weight`

function keptOf(row: Row): KeptFlow {
  const number = (name: string): number => Number(row[name])
  const names = row.names as string
  return {
    seq: number('seq'),
    time: number('time'),
    first: number('first'),
    input: row.input as string,
    source: addressText(row.src_hi as bigint, row.src_lo as bigint),
    destination: addressText(row.dst_hi as bigint, row.dst_lo as bigint),
    srcPort: number('src_port'),
    dstPort: number('dst_port'),
    protocol: protocolName(number('protocol')),
    service: row.service as string,
    connState: row.conn_state as ConnState,
    packetsOut: number('packets_out'),
    packetsIn: number('packets_in'),
    bytesOut: number('bytes_out'),
    bytesIn: number('bytes_in'),
    anomaly: row.anomaly as boolean,
    method: row.method as Method,
    score: number('score'),
    confidence: number('confidence'),
    ruleScore: number('rule_score'),
    mlScore: number('ml_score'),
    type: (row.type as string) || null,
    incident: (row.incident as string) || null,
    names: names === '' ? null : (JSON.parse(names) as FlowNames),
    tunnel: (row.tunnel as string) || null,
    communityId: communityOf(row),
    weight: number('weight'),
  }
}

const words = new Int32Array(8)

function communityOf(row: Row): string {
  const halves = [row.src_hi, row.src_lo, row.dst_hi, row.dst_lo] as bigint[]
  for (const [index, half] of halves.entries()) putHalf(half, 2 * index)
  const [protocol, srcPort, dstPort] = [row.protocol, row.src_port, row.dst_port].map(Number) as [
    number,
    number,
    number,
  ]
  return communityId({ protocol, address: words, srcPort, dstPort })
}

function putHalf(half: bigint, at: number): void {
  words[at] = Number(half >> 32n) | 0
  words[at + 1] = Number(half & 0xffff_ffffn) | 0
}

/** An address of two halves as text. */
export function addressText(hi: bigint, lo: bigint): string {
  putHalf(hi, 0)
  putHalf(lo, 2)
  return formatAddress(words, 0)
}

/** Hands over whole records, oldest first. */
export async function eachFlow(
  database: Database,
  { from, to }: Span,
  take: (flow: FlowRecord, weight: number) => void,
  most = Number.MAX_SAFE_INTEGER,
): Promise<void> {
  const flow = createFlowRecord()
  const [row] = await database.read('SELECT max(seq) AS newest FROM flows WHERE time < $to', { to })
  const after = Number(row?.newest ?? 0) - most
  await database.readEach(
    `SELECT * FROM flows WHERE time >= $from AND time < $to AND seq > ${after} ORDER BY seq`,
    { from, to },
    (rows) => {
      for (const row of rows) {
        putHalf(row.src_hi as bigint, 0)
        putHalf(row.src_lo as bigint, 2)
        putHalf(row.dst_hi as bigint, 4)
        putHalf(row.dst_lo as bigint, 6)
        const parts = { numbers: row, address: words, details: row.details, texts: row }
        unpackFlow(parts as unknown as Parameters<typeof unpackFlow>[0], flow)
        flow.id = Number(row.seq)
        take(flow, Number(row.weight))
      }
    },
  )
}
