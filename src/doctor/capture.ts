import { accessSync, constants, readFileSync } from 'node:fs'
import type { Check } from './examine.ts'
import { runs } from './program.ts'

/** A capturing program there may be. */
export interface Tool {
  name: string
  /** Null when it is not installed. */
  path: string | null
}

export interface Interface {
  name: string
  state: 'up' | 'down' | 'gone'
}

/** Bit of CAP_NET_RAW in a capability set. */
const NET_RAW = 1n << 13n

/** Whether a capturing program is there, and whether we may capture with it. */
export async function captureChecks(tools: readonly Tool[]): Promise<Check[]> {
  const found = tools.filter(({ path }) => path !== null)
  const names = tools.map(({ name }) => name).join(' nor ')
  if (found.length === 0) {
    return [{ item: 'tool', ok: false, found: `neither ${names} is installed`, mend: 'sudo apt-get install tcpdump' }]
  }
  const installed = { item: 'tool', ok: true, found: found.map(({ path }) => path).join(', ') }
  for (const { path } of found) {
    const how = await mayCapture(path!)
    if (how !== null) return [installed, { item: 'capability', ok: true, found: `${path} can capture: ${how}` }]
  }
  const { path } = found[0]!
  const mend = `sudo setcap cap_net_raw,cap_net_admin=eip ${path} && sudo chmod 755 ${path}`
  return [installed, { item: 'capability', ok: false, found: `nothing lets ${path} capture for this user`, mend }]
}

/** Why the program can capture when we start it; null when it cannot. */
async function mayCapture(path: string): Promise<string | null> {
  try {
    accessSync(path, constants.X_OK)
  } catch {
    return null
  }
  if (process.geteuid?.() === 0) return 'nads runs as root, which it need not'
  if ((capabilities('CapAmb') & NET_RAW) !== 0n) return 'nads hands on CAP_NET_RAW'
  const granted = (await runs('getcap', [path])) ?? (await runs('/usr/sbin/getcap', [path])) ?? ''
  return granted.includes('cap_net_raw') ? 'the program has the capability, nads has none' : null
}

function capabilities(set: string): bigint {
  try {
    const found = new RegExp(`^${set}:\\s*([0-9a-f]+)$`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))
    return found === null ? 0n : BigInt(`0x${found[1]}`)
  } catch {
    return 0n
  }
}

/** Whether what the settings name can be watched; without any, whether there is something to watch. */
export function interfaceCheck(wanted: readonly string[], all: readonly Interface[]): Check {
  const item = 'interfaces'
  const found = all.map(({ name, state }) => `${name} ${state}`).join(', ') || 'none'
  const missing = wanted.find((name) => name !== 'any' && all.every((one) => one.name !== name))
  if (missing !== undefined) {
    return { item, ok: false, found: `${found}; no ${missing}`, mend: 'ip link shows them; name one of these' }
  }
  const down = all.find(({ name, state }) => wanted.includes(name) && state !== 'up')
  if (down !== undefined) return { item, ok: false, found, mend: `sudo ip link set ${down.name} up` }
  if (all.some(({ name, state }) => name !== 'lo' && state === 'up')) return { item, ok: true, found }
  const other = all.find(({ name }) => name !== 'lo')
  const mend =
    other === undefined ? 'connect one beside lo: ip link shows it then' : `sudo ip link set ${other.name} up`
  return { item, ok: false, found, mend }
}
