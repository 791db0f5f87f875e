import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { built } from './built.ts'
import { figure, report, sized } from './measure.ts'
import { writeTraffic } from './traffic.ts'

/**
 * Prints what the same capture costs in this program and in every flow meter found, in turn, as CPU time of each whole
 * process: `npx tsx bench/peers.ts [FILE] [rounds]`. A capture of 3 M packets and 100 k flows is made when none is given.
 */
interface Program {
  name: string
  does: string
  /** What is run; the first of it must be on the path. */
  command: (capture: string, folder: string) => string[]
  /** Debian package that has it, where it is not part of this program. */
  package?: string
}

interface Cost {
  cpu: number
  wall: number
}

const local = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const meter = built('meter')

const PROGRAMS: readonly Program[] = [
  {
    name: 'nads, metering',
    does: 'flow records, nothing judged',
    command: (capture) => [process.execPath, meter, capture],
  },
  {
    name: 'nads',
    does: 'names, hosts, rules, models, incidents',
    command: (capture) => [process.execPath, local('../bin/nads.js'), 'read', capture],
  },
  {
    name: 'softflowd',
    does: 'flow records',
    command: (capture) => ['softflowd', '-r', capture, '-d', '-n', '127.0.0.1:9', '-v', '9'],
    package: 'softflowd',
  },
  {
    name: 'nfpcapd',
    does: 'flow records',
    command: (capture, folder) => ['nfpcapd', '-r', capture, '-w', folder],
    package: 'nfdump',
  },
  {
    name: 'argus',
    does: 'flow records',
    command: (capture) => ['argus', '-r', capture, '-w', '/dev/null'],
    package: 'argus-server',
  },
  {
    name: 'ndpiReader',
    does: 'flows and protocols',
    command: (capture) => ['ndpiReader', '-i', capture, '-q'],
    package: 'libndpi-bin',
  },
  {
    name: 'tshark',
    does: 'TCP conversations',
    command: (capture) => ['tshark', '-n', '-q', '-r', capture, '-z', 'conv,tcp'],
    package: 'tshark',
  },
  {
    name: 'tcpdump',
    does: 'reads and writes, nothing more',
    command: (capture) => ['tcpdump', '-n', '-r', capture, '-w', '/dev/null'],
    package: 'tcpdump',
  },
]
/** Far slower than the rest: once is enough. */
const ONCE = new Set(['tshark', 'ndpiReader'])

const given = process.argv[2]
const rounds = Number(process.argv[3] ?? sized(3, 1))
const folder = mkdtempSync(join(tmpdir(), 'nads-peers-'))
const capture = given ?? join(folder, 'traffic.pcap')
try {
  const packets = given === undefined ? write() : count(given)
  const here = PROGRAMS.filter(isHere)
  const costs = new Map<string, Cost[]>(here.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const program of here) {
      if (round === 0 || !ONCE.has(program.name)) costs.get(program.name)!.push(costOf(program))
    }
  }
  for (const { name, does } of here) tell(`${name} (${does})`, costs.get(name)!, packets)
  compare(costs)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function write(): number {
  const packets = sized(3_000_000, 200_000)
  writeTraffic(capture, { packets, content: true })
  return packets
}

function count(path: string): number {
  const { stdout } = spawnSync('capinfos', ['-c', '-M', '-T', '-r', path], { encoding: 'utf8' })
  return Number(stdout?.trim().split('\t').at(-1) ?? Number.NaN)
}

function isHere({ name, command, package: source }: Program): boolean {
  const [program] = command('', '')
  if (existsSync(program!)) return true
  const found = (process.env.PATH ?? '').split(delimiter).some((path) => existsSync(join(path, program!)))
  if (!found) console.log(`${name} is not installed: Debian package ${source}`)
  return found
}

/** As bash's own `time` has it: CPU of the process and all it started. */
function costOf(program: Program): Cost {
  const own = join(folder, 'out')
  rmSync(own, { recursive: true, force: true })
  mkdirSync(own)
  const said = join(folder, 'said')
  const script = `TIMEFORMAT="%U %S %R"; time "$@" >/dev/null 2>'${said}'`
  const command = program.command(capture, own)
  const { status, stderr } = spawnSync('bash', ['-c', script, 'bash', ...command], { encoding: 'utf8' })
  if (status !== 0) {
    const why = readFileSync(said, 'utf8').trim().split('\n').at(-1)
    console.log(`${program.name} ended with status ${status}: ${command.join(' ')}: ${why}`)
  }
  const [user, system, wall] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number)
  return { cpu: user! + system!, wall: wall! }
}

function tell(name: string, costs: readonly Cost[], packets: number): void {
  report(
    name,
    costs.map(({ cpu }) => (cpu * 1e9) / packets),
  )
  console.log(
    `  ${figure(median(costs.map(({ cpu }) => cpu)))} CPU s, ${figure(median(costs.map(({ wall }) => wall)))} s of wall time`,
  )
}

/** Ratios of the same round, so that what else the machine does cancels out. */
function compare(costs: ReadonlyMap<string, readonly Cost[]>): void {
  const meters = ['softflowd', 'nfpcapd', 'argus'].filter((name) => costs.has(name))
  for (const own of ['nads, metering', 'nads']) {
    for (const name of costs.keys()) {
      if (name === own) continue
      const peer = costs.get(name)!
      report(
        `CPU of ${own} / ${name}`,
        peer.map(({ cpu }, round) => costs.get(own)![round]!.cpu / cpu),
        'x',
      )
    }
    if (meters.length === 0) continue
    const fastest = (round: number): number => Math.min(...meters.map((name) => costs.get(name)![round]!.cpu))
    report(
      `CPU of ${own} / the fastest flow meter`,
      costs.get(own)!.map(({ cpu }, round) => cpu / fastest(round)),
      'x',
    )
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}
