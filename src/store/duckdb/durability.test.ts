import { spawn, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, describe, expect, it } from 'vitest'
import { createRandom, integer } from '../../math/random.ts'
import { sampleBatch, sampleIncident } from '../sample.case.ts'
import type { Store } from '../store.ts'
import { MIGRATIONS } from './schema.ts'
import { openDuckdb } from './store.ts'

const folder = mkdtempSync(join(tmpdir(), 'nads-kill-'))
afterAll(() => {
  if (disk !== null) spawnSync('umount', [disk])
  rmSync(folder, { recursive: true })
})
const WRITER = join(import.meta.dirname, 'writer.case.ts')
const KILLS = Number(process.env.KILLS ?? 5)

/** A writer in a process of its own, killed at some moment after it began to write; what it said until then. */
async function killedWriter(home: string, seed: number, milliseconds: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', WRITER, home, String(seed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  const began = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      output += chunk
      if (output.includes('kept ')) resolve()
    })
  })
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  await Promise.race([began, ended])
  await sleep(milliseconds)
  process.kill(child.pid!, 'SIGKILL')
  await ended
  // The last line may be cut off: it was not said.
  return output.split('\n').slice(0, -1)
}

describe('killed at any moment', () => {
  it(`loses nothing that was acknowledged, ${KILLS} times, and is open again`, async () => {
    const random = createRandom(1)
    const acknowledged = new Set<string>()
    let decisions = 0
    const times: number[] = []
    for (let kill = 0; kill < KILLS; kill++) {
      const lines = await killedWriter(join(folder, 'home'), kill + 1, integer(random, 0, 400))
      expect(lines.filter((line) => line.startsWith('warn'))).toEqual([])
      for (const line of lines) {
        const [word, ids, seq] = line.split(' ')
        if (word !== 'kept') continue
        for (const id of ids!.split(',')) acknowledged.add(id)
        decisions = Number(seq)
      }
      const start = process.hrtime.bigint()
      const store = await openDuckdb({
        folder: join(folder, 'home'),
        stamp: 'x',
        warn: (message) => expect(message).toBe(''),
        ballast: 0,
      })
      times.push(Number(process.hrtime.bigint() - start) / 1e6)
      const found = new Set<string>()
      await store.eachIncident(0, (batch) => {
        for (const { id } of batch) found.add(id)
      })
      expect([...acknowledged].filter((id) => !found.has(id))).toEqual([])
      const journal = await store.decisions()
      expect(journal.length).toBeGreaterThanOrEqual(decisions)
      expect((await store.incident(journal.at(-1)!.subject))!.state).toBe('acknowledged')
      await store.close()
    }
    times.sort((a, b) => a - b)
    const [median, worst] = [times[times.length >> 1]!, times.at(-1)!].map((time) => time.toFixed(0))
    process.stdout.write(
      `${KILLS} kills, ${acknowledged.size} incidents acknowledged, open again in ${median} ms, at most ${worst} ms\n`,
    )
    expect(acknowledged.size).toBeGreaterThan(KILLS)
  }, 3_600_000)
})

async function filled(home: string): Promise<void> {
  const store = await openDuckdb({ folder: home, stamp: 'a', warn: () => {}, ballast: 0 })
  const random = createRandom(1)
  await store.putIncidents(
    Array.from({ length: 20 }, (_, i) => sampleIncident(random, i + 1, 1_700_000_000 + i)),
    () => null,
  )
  store.putFlows(sampleBatch(1, 3_000, 1_700_000_000))
  await store.close()
}

/** It is used as a person would: whatever is wrong is said, and writing works. */
async function works(home: string, said: string[]): Promise<void> {
  const store: Store = await openDuckdb({ folder: home, stamp: 'b', warn: (message) => said.push(message), ballast: 0 })
  await store.putIncidents([sampleIncident(createRandom(2), 99, 1_700_000_000)], () => null)
  expect(await store.incident('nads-000099')).not.toBeNull()
  await store.close()
}

describe('a file that is damaged', () => {
  const HEAD = 64
  it.each([
    ['cut to nothing', (file: string) => truncateSync(file, 0)],
    ['cut in its head', (file: string) => truncateSync(file, HEAD)],
    ['cut in the middle', (file: string) => truncateSync(file, 300_000)],
    ['something else', (file: string) => writeFileSync(file, 'not a database at all '.repeat(1_000))],
    ['with bytes of its head turned', (file: string) => turned(file, 0, 12_288, 40)],
  ])('%s is set aside, and a new one begun', async (name, damage) => {
    const home = join(folder, name.replaceAll(' ', '-'))
    await filled(home)
    const file = join(home, 'history.duckdb')
    damage(file)
    const said: string[] = []
    await works(home, said)
    const aside = readdirSync(home).filter((entry) => entry.includes('damaged'))
    expect(said.length > 0, said.join()).toBe(aside.length > 0)
    expect(existsSync(`${file}.opening`)).toBe(false)
    await works(home, [])
  })

  it('that ended the program while it was opened is not opened again', async () => {
    const home = join(folder, 'loop')
    await filled(home)
    writeFileSync(join(home, 'history.duckdb.opening'), '')
    const said: string[] = []
    await works(home, said)
    expect(said[0]).toContain('the program ended while opening it')
  })

  it('held by another program is said so, and left alone', async () => {
    const home = join(folder, 'held')
    const child = spawn(process.execPath, ['--import', 'tsx', WRITER, home, '1'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await new Promise((resolve) => child.stdout.once('data', resolve))
    await expect(openDuckdb({ folder: home, stamp: 'c', warn: () => {}, ballast: 0 })).rejects.toThrow(
      'in use by another program',
    )
    const ended = new Promise((resolve) => child.on('close', resolve))
    process.kill(child.pid!, 'SIGKILL')
    await ended
    expect(readdirSync(home).filter((entry) => entry.includes('damaged'))).toEqual([])
  })
})

describe('tables of another version', () => {
  /** A file as the version whose tables were `version` left it. */
  async function tables(home: string, version: number): Promise<void> {
    mkdirSync(home, { recursive: true })
    const instance = await DuckDBInstance.create(join(home, 'history.duckdb'))
    const connection = await instance.connect()
    await connection.run('CREATE TABLE schema_version (version INTEGER)')
    for (const statement of MIGRATIONS.slice(0, version).flat()) await connection.run(statement)
    await connection.run(`INSERT INTO schema_version VALUES (${version})`)
    connection.closeSync()
    instance.closeSync()
  }

  it.each(Array.from({ length: MIGRATIONS.length + 1 }, (_, version) => version))(
    'version %i is taken up',
    async (version) => {
      const home = join(folder, `version-${version}`)
      await tables(home, version)
      await works(home, [])
      expect(readdirSync(home).filter((entry) => entry.includes('damaged'))).toEqual([])
    },
  )

  it('a newer one is said so, and left alone', async () => {
    const home = join(folder, 'newer')
    await tables(home, MIGRATIONS.length + 1)
    const opened = openDuckdb({ folder: home, stamp: 'c', warn: () => {}, ballast: 0 })
    await expect(opened).rejects.toThrow('written by a newer version of this program')
    expect(readdirSync(home)).toEqual(['history.duckdb'])
  })
})

function turned(file: string, from: number, to: number, count: number): void {
  const bytes = readFileSync(file)
  const random = createRandom(7)
  for (let i = 0; i < count; i++) {
    const at = integer(random, from, to)
    bytes[at] = bytes[at]! ^ 0xff
  }
  writeFileSync(file, bytes)
}

/** A disk of 64 MB, as root can make one; null where that is not allowed. */
function smallDisk(): string | null {
  const disk = join(folder, 'disk')
  mkdirSync(disk)
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk]).status === 0 ? disk : null
}

const disk = smallDisk()
describe.skipIf(disk === null)('a disk that fills up', () => {
  it('costs flows, counted and told, and no incident; with room again flows are kept again', async () => {
    const warnings: string[] = []
    const open = () =>
      openDuckdb({
        folder: join(disk!, 'data'),
        stamp: 's',
        warn: (message) => warnings.push(message),
        floor: 30 * 2 ** 20,
      })
    const store = await open()
    const random = createRandom(1)
    const kept: string[] = []
    const problems = new Set<string>()
    const round = async (): Promise<void> => {
      const time = 1_700_000_000 + kept.length * 60
      store.putFlows(sampleBatch(kept.length, 4_000, time))
      await store.flush()
      problems.add((await store.status()).problem ?? 'none')
      const [incident] = await store.putIncidents([sampleIncident(random, kept.length + 1, time)], () => null)
      kept.push(incident!.id)
    }
    for (let i = 0; i < 25; i++) await round()
    writeFileSync(join(disk!, 'other'), Buffer.alloc(8 * 2 ** 20))
    for (let i = 0; i < 25; i++) await round()
    expect(warnings).toContain('the disk is nearly full: the oldest flows go')
    expect([...problems].join()).toContain('flows are not kept, incidents are')
    const { flows, counters } = await store.status()
    expect(counters.dropped_flows).toBeGreaterThan(0)
    rmSync(join(disk!, 'other'))
    await store.retain({ flowDays: 1e6, incidentDays: 1e6, maxBytes: 1e12, maxFlows: 5_000 }, 1_700_000_000)
    await round()
    expect((await store.status()).flows).toBe(9_000)
    expect(flows).toBeGreaterThan(9_000)
    await store.close()
    const again = await open()
    for (const id of kept) expect(await again.incident(id)).not.toBeNull()
    await again.close()
  })
})
