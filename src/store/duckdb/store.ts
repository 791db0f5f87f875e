import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { InputError } from '../../types/errors.ts'
import type { Decision, StoreStatus } from '../../types/history.ts'
import type { HostView } from '../../types/host.ts'
import type { Store } from '../store.ts'
import { type Database, isLocked, openDatabase } from './database.ts'
import { eachFlow, findFlows } from './flows.ts'
import {
  changeIncidents,
  countIncidents,
  eachIncident,
  findIncident,
  findIncidents,
  putIncidents,
} from './incidents.ts'
import { createIntake } from './intake.ts'
import { tooOld } from './retention.ts'
import { BALLAST, createRoom, FLOOR, logOf } from './room.ts'
import { TABLES } from './schema.ts'
import { createTexts } from './texts.ts'
import { findHost, findHosts, hostDays, putHosts, scores, talkers, timeline } from './traffic.ts'

const FILE = 'history.duckdb'

export interface DuckdbOptions {
  /** The data folder, made when missing; null keeps everything in memory. */
  folder: string | null
  /** Marks what is set aside: a time as text that may stand in a file name. */
  stamp: string
  /** Told in words of what went wrong and what was done about it. */
  warn: (message: string) => void
  /** Bytes of the ballast file. */
  ballast?: number
  /** Bytes of free room on the disk below which flows go and are not taken. */
  floor?: number
}

/** The embedded store. Throws an `InputError` when the folder cannot be used or another program has it. */
export async function openDuckdb({
  folder,
  stamp,
  warn,
  ballast = BALLAST,
  floor = FLOOR,
}: DuckdbOptions): Promise<Store> {
  const file = folder === null ? null : join(folder, FILE)
  const database = await open(folder, file, stamp, warn)
  const room = createRoom({ database, folder, file, warn, ballast, floor })
  let problem: string | null = null
  let hosts: readonly HostView[] = []

  /** Every write goes through here: a full disk is relieved once, and what happens is known. */
  const write = async <T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
    try {
      return settled(await database.write(work))
    } catch (error) {
      if (!isFull(error) || !(await room.relieve())) throw failed(error)
      try {
        return settled(await database.write(work))
      } catch (again) {
        throw failed(again)
      }
    }
  }
  const settled = <T>(result: T): T => {
    problem = null
    return result
  }
  const failed = (error: unknown): Error => {
    problem = (error as Error).message.split('\n')[0]!
    return error as Error
  }

  const [last] = await database.read(
    `SELECT coalesce(max(seq), 0) AS flows, (SELECT coalesce(max(seq), 0) FROM journal) AS decisions,
       (SELECT coalesce(max(id), 0) FROM texts) AS texts FROM flows`,
  )
  const texts = createTexts(Number(last!.texts))
  const intake = createIntake(write, Number(last!.flows), texts)
  let decisions = Number(last!.decisions)

  const flush = async (): Promise<void> => {
    const waiting = hosts
    hosts = []
    const full = await room.check()
    if (full !== null) intake.drop()
    await intake.flush()
    await room.settle()
    if (waiting.length > 0) await write((connection) => putHosts(connection, waiting))
    if (full !== null) problem = full
  }

  return {
    putIncidents: (incidents, suppressedBy) => write((connection) => putIncidents(connection, incidents, suppressedBy)),
    putFlows: (batch) => intake.take(batch),
    putHosts(list) {
      hosts = list
    },
    flush,
    decide: (decision, changes) =>
      write(async (connection) => {
        const kept: Decision = { seq: decisions + 1, ...decision }
        await changeIncidents(connection, changes)
        await connection.run('INSERT INTO journal VALUES ($seq, $time, $author, $kind, $subject, $content)', {
          ...kept,
          content: JSON.stringify(kept.content ?? null),
        })
        decisions = kept.seq
        return kept
      }),
    decisions: async (kinds) => {
      const rows = await database.read('SELECT * FROM journal ORDER BY seq')
      return rows.map(decisionOf).filter(({ kind }) => kinds === undefined || kinds.includes(kind))
    },
    incidents: (query, order, slice) => findIncidents(database, query, order, slice),
    incident: (id) => findIncident(database, id),
    eachIncident: (since, take) => eachIncident(database, since, take),
    counts: () => countIncidents(database),
    async lastIncidentNumber() {
      const [row] = await database.read(
        String.raw`SELECT coalesce(max(try_cast(regexp_extract(id, '(\d+)$') AS BIGINT)), 0) AS last FROM incident_versions`,
      )
      return Number(row!.last)
    },
    async flows(query, slice) {
      // What waits to be written is searched too; where it cannot be written, what was is.
      await flush().catch(() => {})
      return findFlows(database, query, slice)
    },
    eachFlow: (span, take, most) => eachFlow(database, span, take, most),
    hosts: (query, slice) => findHosts(database, query, slice),
    host: (address) => findHost(database, address),
    timeline: (span, seconds) => timeline(database, span, seconds),
    talkers: (span, limit) => talkers(database, span, limit),
    hostDays: (address, span) => hostDays(database, address, span),
    scores: (span) => scores(database, span),
    speakers: async () => {
      const rows = await database.read(
        'SELECT speaker, count(*) AS incidents FROM (SELECT unnest(detectors) AS speaker FROM incidents) GROUP BY speaker',
      )
      return new Map(rows.map((row) => [row.speaker as string, Number(row.incidents)]))
    },
    async retain(limits, now) {
      await flush()
      const deleted = await tooOld(database, limits, now)
      // Forgotten first: what is written from now on is numbered above all that is deleted.
      texts.forget()
      await database.write((connection) =>
        connection.run('DELETE FROM texts WHERE id < (SELECT coalesce(min(text), 9223372036854775807) FROM flows)'),
      )
      return deleted
    },
    exportTo: (target) => exportTables(database, folder, target),
    async status() {
      const known = await statusOf(database)
      return {
        ...known,
        bytes: known.bytes + (file === null ? 0 : logOf(file)),
        ...kindOf(file, problem),
        counters: { ...intake.counters(), relieved: room.relieved },
      }
    },
    async close() {
      await flush().catch((error: unknown) => warn(`what waited could not be written: ${(error as Error).message}`))
      await database.close()
    },
  }
}

function kindOf(file: string | null, problem: string | null): Pick<StoreStatus, 'kind' | 'state' | 'problem'> {
  return { kind: file === null ? 'memory' : 'file', state: problem === null ? 'ok' : 'failing', problem }
}

async function open(
  folder: string | null,
  file: string | null,
  stamp: string,
  warn: (message: string) => void,
): Promise<Database> {
  try {
    if (folder !== null) mkdirSync(folder, { recursive: true, mode: 0o700 })
    const { database, setAside } = await openDatabase(file, stamp)
    if (setAside !== null) warn(`the history was damaged (${setAside.reason}); it is kept as ${setAside.file}`)
    return database
  } catch (error) {
    if (isLocked(error))
      throw new InputError(`${file}: in use by another program: stop it or choose another --data-dir`)
    if (error instanceof InputError) throw error
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message.split('\n')[0]
    throw new InputError(`${folder}: cannot hold the history (${reason})`)
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && /no space left|disk (is )?full|file too large|quota/i.test(error.message)
}

function decisionOf(row: Record<string, unknown>): Decision {
  return {
    seq: Number(row.seq),
    time: row.time as number,
    author: row.author as string,
    kind: row.kind as string,
    subject: row.subject as string,
    content: JSON.parse(row.content as string),
  }
}

async function statusOf(database: Database): Promise<Pick<StoreStatus, 'bytes' | 'incidents' | 'flows' | 'since'>> {
  const [size] = await database.read('SELECT sum(block_size * used_blocks) AS bytes FROM pragma_database_size()')
  const [counts] = await database.read(
    `SELECT (SELECT count(*) FROM incidents) AS incidents, (SELECT count(*) FROM flows) AS flows,
       (SELECT min(time) FROM minutes) AS since`,
  )
  return {
    bytes: Number(size!.bytes ?? 0),
    incidents: Number(counts!.incidents),
    flows: Number(counts!.flows),
    since: counts!.since === null ? null : Number(counts!.since),
  }
}

/** The folder is made by us, below the data folder, and its name is ours: no part of it comes from outside. */
async function exportTables(database: Database, folder: string | null, target: string): Promise<string[]> {
  const inside = folder === null ? null : resolve(folder, target)
  if (inside === null || !inside.startsWith(resolve(folder!) + sep)) {
    throw new InputError('an export needs a folder below the data folder')
  }
  rmSync(inside, { recursive: true, force: true })
  mkdirSync(inside, { recursive: true })
  const files: string[] = []
  for (const table of TABLES) {
    const path = join(inside, `${table}.parquet`)
    await database.write((connection) =>
      connection.run(`COPY ${table} TO '${path.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`),
    )
    files.push(path)
  }
  return files
}
