import { existsSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { totalmem } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { captureChecks, type Interface, interfaceCheck, type Tool } from './capture.ts'
import { runs } from './program.ts'

/** One thing a running sensor needs. */
export interface Check {
  item: string
  ok: boolean
  /** What was found, in words. */
  found: string
  /** The command that mends it, or what to do; also given where nothing is wrong but could be better. */
  mend?: string
}

/** Settings that say what is needed. */
export interface Needs {
  dataDir?: string | undefined
  server: { host: string; port: number }
  sources: readonly object[]
}

/** What is on this machine. */
export interface Machine {
  tools: readonly Tool[]
  interfaces: readonly Interface[]
  /** What it takes for the time, epoch seconds. */
  now: number
}

const NODE_NEEDED: readonly [number, number] = [20, 19]
/** Errors that whoever may do all can mend. */
const FORBIDDEN: ReadonlySet<string> = new Set(['EACCES', 'EPERM'])
const MEGABYTE = 1e6
const DISK_NEEDED = 500 * MEGABYTE
const MEMORY_NEEDED = 450 * MEGABYTE
/** Before this was written no clock is right. */
const EARLIEST = Date.UTC(2026, 0) / 1000
const LATEST = Date.UTC(2100, 0) / 1000

/** Looks at everything. */
export async function examine(needs: Needs, { tools, interfaces, now }: Machine): Promise<Check[]> {
  const wanted = needs.sources.flatMap((source) => ('interface' in source ? [String(source.interface)] : []))
  return [
    nodeCheck(process.versions.node),
    ...(await captureChecks(tools)),
    interfaceCheck(wanted, interfaces),
    ...folderChecks(needs.dataDir),
    await clockCheck(now),
    await portCheck(needs.server.host, needs.server.port),
    memoryCheck(process.constrainedMemory() || totalmem(), totalmem()),
  ]
}

export function nodeCheck(version: string): Check {
  const [major, minor] = version.split('.').map(Number) as [number, number]
  const ok = major > NODE_NEEDED[0] || (major === NODE_NEEDED[0] && minor >= NODE_NEEDED[1])
  const mend = `install Node ${NODE_NEEDED.join('.')} or newer from https://nodejs.org`
  return { item: 'node', ok, found: `version ${version}`, ...(!ok && { mend }) }
}

/** The data folder, or the first folder above it that exists, by writing there; and the room there. */
export function folderChecks(dataDir: string | undefined): Check[] {
  const item = 'data folder'
  if (dataDir === undefined) {
    const found = 'none: nothing learned is kept'
    return [{ item, ok: true, found, mend: 'give --data-dir to keep it' }]
  }
  let folder = resolve(dataDir)
  while (!existsSync(folder)) folder = dirname(folder)
  const quoted = quote(resolve(dataDir))
  const fault = faultOfWriting(folder)
  if (fault !== null) {
    const isOurs = FORBIDDEN.has(fault) && process.getuid?.() !== 0
    const mend = isOurs ? `sudo install -d -o "$(id -un)" ${quoted}` : 'choose another with --data-dir'
    return [{ item, ok: false, found: `${folder} cannot be written (${fault})`, mend }]
  }
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  const enough = free >= DISK_NEEDED
  return [
    { item, ok: true, found: `${resolve(dataDir)} can be written` },
    {
      ...{ item: 'disk', ok: enough, found: `${Math.floor(free / MEGABYTE)} MB free` },
      ...(!enough && { mend: `make room: df -h ${quoted}` }),
    },
  ]
}

/** Makes a folder with a file in it, and takes both away again: what permissions say is not all. The error's code, null for none. */
function faultOfWriting(folder: string): string | null {
  try {
    const made = mkdtempSync(join(folder, '.nads-doctor-'))
    try {
      writeFileSync(join(made, 'written'), 'x')
    } finally {
      rmSync(made, { recursive: true })
    }
    return null
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  }
}

/** Whether the year can be, and whether somebody keeps the clock right, where the system says so. */
export async function clockCheck(now: number, synchronised = clockIsSynchronised()): Promise<Check> {
  const year = new Date(now * 1000).getUTCFullYear()
  const mend = 'sudo timedatectl set-ntp true'
  if (!(now >= EARLIEST && now < LATEST)) return { item: 'clock', ok: false, found: `it is the year ${year}`, mend }
  const kept = await synchronised
  if (kept === null) return { item: 'clock', ok: true, found: `year ${year}, whether synchronised is not known` }
  return kept
    ? { item: 'clock', ok: true, found: `year ${year}, synchronised` }
    : { item: 'clock', ok: false, found: `year ${year}, not synchronised`, mend }
}

async function clockIsSynchronised(): Promise<boolean | null> {
  const said = await runs('timedatectl', ['show', '--property=NTPSynchronized', '--value'])
  const answer = said?.trim()
  return answer === 'yes' || answer === 'no' ? answer === 'yes' : null
}

function portCheck(host: string, port: number): Promise<Check> {
  const item = 'port'
  return new Promise((done) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be listened on (${error.code})`
      const mend = `ss -ltnp 'sport = :${port}' shows by whom; or choose another with --port, above 1023`
      done({ item, ok: false, found: `${host}:${port} ${why}`, mend })
    })
    server.listen({ host, port, exclusive: true }, () => {
      server.close(() => done({ item, ok: true, found: `${host}:${port} is free` }))
    })
  })
}

export function memoryCheck(limit: number, total: number): Check {
  const memory = Math.min(limit, total)
  const ok = memory >= MEMORY_NEEDED
  const found = `${Math.floor(memory / MEGABYTE)} MB`
  return { item: 'memory', ok, found, ...(!ok && { mend: 'lower flows.cap and hosts.maxHosts in the settings' }) }
}

function quote(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`
}
