import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'
import { InputError } from '../../types/errors.ts'
import { MIGRATIONS } from './schema.ts'

export type Row = Record<string, unknown>
export type Values = Record<string, DuckDBValue>

/** One DuckDB file (or none: memory), one writer at a time and any number of readers. */
export interface Database {
  /** Rows of one statement, read as of the last commit. */
  read(sql: string, values?: Values): Promise<Row[]>
  /** The same handed over in batches of about 2,048, for what may be long. */
  readEach(sql: string, values: Values, take: (rows: Row[]) => void): Promise<void>
  /** Runs `work` as one transaction, after those before it; what throws leaves nothing behind. */
  write<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>
  /** Writes the log into the file, after the transactions before it. */
  checkpoint(): Promise<void>
  close(): Promise<void>
}

/** What became of the file on opening. */
export interface Opened {
  database: Database
  /** Where a damaged file was put, and what was wrong with it; null when nothing was. */
  setAside: { file: string; reason: string } | null
}

/** Nothing is fetched, nothing outside the data folder is touched, and no more than this memory is taken. */
const SETTINGS = {
  threads: '2',
  memory_limit: '512MB',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  preserve_insertion_order: 'false',
}
/** Bytes of log after which the engine itself writes it into the file, during a commit: `checkpoint` is to do so earlier. */
const LOG = '1GB'

/**
 * Opens `file`, or memory when null, and brings its tables up to date. A file that cannot be opened is set aside and a new one
 * begun, once for each way of being damaged: one that ends the process while it is opened is known by the mark left beside it.
 */
export async function openDatabase(file: string | null, stamp: string): Promise<Opened> {
  if (file === null) return { database: await connect(':memory:'), setAside: null }
  const mark = `${file}.opening`
  const crashed = existsSync(mark)
  let setAside: Opened['setAside'] = crashed ? put(file, stamp, 'the program ended while opening it') : null
  writeFileSync(mark, '')
  let database: Database
  try {
    database = await connect(file)
  } catch (error) {
    if (isLocked(error) || error instanceof InputError) {
      rmSync(mark, { force: true })
      throw error
    }
    setAside = put(file, stamp, (error as Error).message.split('\n')[0]!)
    database = await connect(file)
  }
  rmSync(mark, { force: true })
  return { database, setAside }
}

/** Another program holds the file: nothing is wrong with it. */
export function isLocked(error: unknown): boolean {
  return error instanceof Error && /lock/i.test(error.message) && /conflict|could not set|held/i.test(error.message)
}

function put(file: string, stamp: string, reason: string): { file: string; reason: string } {
  const aside = `${file}.damaged-${stamp}`
  for (const [from, to] of [
    [file, aside],
    [`${file}.wal`, `${aside}.wal`],
  ] as const) {
    if (existsSync(from)) renameSync(from, to)
  }
  return { file: aside, reason }
}

interface Connected {
  instance: DuckDBInstance
  writer: DuckDBConnection
}

async function connect(path: string): Promise<Database> {
  const open = async (): Promise<Connected> => {
    const instance = await DuckDBInstance.create(path, SETTINGS)
    try {
      const writer = await instance.connect()
      await writer.run(`SET wal_autocheckpoint = '${LOG}'`)
      return { instance, writer }
    } catch (error) {
      instance.closeSync()
      throw error
    }
  }
  const connected = await open()
  try {
    await migrate(connected.writer)
  } catch (error) {
    connected.instance.closeSync()
    throw error
  }
  return createDatabase(connected, open)
}

/** A checkpoint for which there was no room ends the engine, not the program: what it had committed is in the log. */
function isInvalid(error: unknown): boolean {
  return error instanceof Error && /database has been invalidated|failed to create checkpoint/i.test(error.message)
}

/** Brings the tables to the newest version, a step and its number in one transaction. */
async function migrate(writer: DuckDBConnection): Promise<void> {
  await writer.run('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER)')
  const known = await writer.runAndReadAll('SELECT coalesce(max(version), 0) AS version FROM schema_version')
  const version = Number(known.getRowObjectsJS()[0]!.version)
  if (version > MIGRATIONS.length)
    throw new InputError(`the history was written by a newer version of this program (tables ${version})`)
  for (let next = version; next < MIGRATIONS.length; next++) {
    await writer.run('BEGIN')
    for (const statement of MIGRATIONS[next]!) await writer.run(statement)
    await writer.run(`INSERT INTO schema_version VALUES (${next + 1})`)
    await writer.run('COMMIT')
  }
}

function createDatabase(connected: Connected, open: () => Promise<Connected>): Database {
  let { instance, writer } = connected
  let last: Promise<unknown> = Promise.resolve()
  let spare: DuckDBConnection[] = []
  let ended = false

  const reading = async <T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
    const from = instance
    const connection = spare.pop() ?? (await from.connect())
    try {
      return await work(connection)
    } finally {
      if (from === instance) spare.push(connection)
      else connection.closeSync()
    }
  }

  const closeAll = (): void => {
    for (const connection of spare) connection.closeSync()
    spare = []
    writer.closeSync()
    instance.closeSync()
  }

  const revive = async (): Promise<void> => {
    ;({ instance, writer } = await open())
    ended = false
  }

  /** Does `work` after all that was to be written before it; an engine that ended is started again, before the next if not at once. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(async () => {
      if (ended) await revive()
      try {
        return await work()
      } catch (error) {
        if (isInvalid(error)) {
          ended = true
          closeAll()
          await revive().catch(() => {})
        }
        throw error
      }
    })
    last = next.catch(() => {})
    return next
  }

  return {
    read: (sql, values) =>
      reading(async (connection) => (await connection.runAndReadAll(sql, values)).getRowObjectsJS()),
    readEach: (sql, values, take) =>
      reading(async (connection) => {
        const result = await connection.stream(sql, values)
        for await (const rows of result.yieldRowObjectJs()) take(rows)
      }),
    write: (work) => inTurn(() => transaction(writer, work)),
    checkpoint: () =>
      inTurn(async () => {
        await writer.run('CHECKPOINT')
      }),
    async close() {
      await last
      if (ended) return
      await writer.run('CHECKPOINT').catch(() => {})
      closeAll()
    },
  }
}

async function transaction<T>(
  writer: DuckDBConnection,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  await writer.run('BEGIN')
  try {
    const result = await work(writer)
    await writer.run('COMMIT')
    return result
  } catch (error) {
    await writer.run('ROLLBACK').catch(() => {})
    throw error
  }
}
