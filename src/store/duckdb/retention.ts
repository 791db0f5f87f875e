import type { Retention } from '../store.ts'
import type { Database } from './database.ts'

const DAY = 86_400
/** Over the limit of size, this share of the flows goes at once, so that it is not done every time. */
const STEP = 0.1

/** Deletes what is too old, then the oldest flows while the file is too large. Returns the number of flows deleted. */
export async function tooOld(database: Database, limits: Retention, now: number): Promise<number> {
  const flowsFrom = now - limits.flowDays * DAY
  const incidentsFrom = now - limits.incidentDays * DAY
  let deleted = await deleteFlows(database, 'time < $from', { from: flowsFrom })
  await database.write(async (connection) => {
    for (const table of ['minutes', 'talkers']) {
      await connection.run(`DELETE FROM ${table} WHERE time < $from`, { from: incidentsFrom })
    }
    await connection.run('DELETE FROM hosts WHERE last_seen < $from', { from: incidentsFrom })
    await connection.run('DELETE FROM incidents WHERE last_seen < $from', { from: incidentsFrom })
    await connection.run('DELETE FROM incident_versions WHERE time < $from', { from: flowsFrom })
    await connection.run('DELETE FROM incident_hosts WHERE id NOT IN (SELECT id FROM incidents)')
  })
  const [count] = await database.read('SELECT max(seq) AS newest, count(*) AS flows FROM flows')
  if (Number(count!.flows) > limits.maxFlows) {
    deleted += await deleteFlows(database, `seq <= ${Number(count!.newest) - limits.maxFlows}`, {})
  }
  await database.checkpoint()
  for (let tries = 0; tries < 20 && (await usedBytes(database)) > limits.maxBytes; tries++) {
    const gone = await oldestGo(database, STEP)
    if (gone === 0) break
    deleted += gone
  }
  return deleted
}

/** Room is given back by whole row groups only: less than two of them may give back none. */
const LEAST = 2 * 122_880

/** Deletes this share of the flows, oldest first, and gives their room back. */
export async function oldestGo(database: Database, share: number): Promise<number> {
  const [row] = await database.read('SELECT min(seq) AS oldest, max(seq) AS newest FROM flows')
  if (row === undefined || row.oldest === null) return 0
  const [oldest, newest] = [Number(row.oldest), Number(row.newest)]
  const going = Math.max(LEAST, Math.ceil((newest - oldest) * share))
  const deleted = await deleteFlows(database, `seq < ${oldest + going}`, {})
  await database.checkpoint()
  return deleted
}

async function deleteFlows(database: Database, condition: string, values: Record<string, number>): Promise<number> {
  return await database.write(async (connection) => {
    const result = await connection.run(`DELETE FROM flows WHERE ${condition}`, values)
    return Number(result.rowsChanged)
  })
}

async function usedBytes(database: Database): Promise<number> {
  const [size] = await database.read('SELECT sum(block_size * used_blocks) AS bytes FROM pragma_database_size()')
  return Number(size!.bytes ?? 0)
}
