import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { findProgram } from '../../src/sources/watch/tool.ts'

const root = resolve(import.meta.dirname, '../..')

/** Why a lab cannot be made here; null where it can. */
export function whyNoLab(): string | null {
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  const missing = ['ip', 'tcpreplay', 'dumpcap', 'tcpdump'].filter((program) => findProgram(program) === null)
  if (missing.length > 0) return `${missing.join(', ')} is missing`
  const probe = `nads-probe-${process.pid}`
  const made = spawnSync('ip', ['netns', 'add', probe])
  spawnSync('ip', ['netns', 'del', probe])
  return made.status === 0 ? null : 'network namespaces cannot be made here'
}

/** Two network namespaces with a cable between them: what is sent into `out` of one arrives at `in` of the other. */
export class Lab {
  readonly sender: string
  readonly sensor: string
  readonly #children: ChildProcess[] = []
  #reader: Reader | null = null

  constructor(name: string) {
    this.sender = `nads-${process.pid}-${name}-a`
    this.sensor = `nads-${process.pid}-${name}-b`
    for (const space of [this.sender, this.sensor]) ip('netns', 'add', space)
    ip('-n', this.sensor, 'link', 'set', 'lo', 'up')
    this.plug()
  }

  /** Puts a cable in. Nothing but what is replayed is on it: IPv6 is off. */
  plug(sender = 'out', sensor = 'in'): void {
    ip('-n', this.sender, 'link', 'add', sender, 'type', 'veth', 'peer', 'name', sensor, 'netns', this.sensor)
    for (const [space, end] of [
      [this.sender, sender],
      [this.sensor, sensor],
    ] as const) {
      execFileSync('ip', ['netns', 'exec', space, 'sysctl', '-qw', `net.ipv6.conf.${end}.disable_ipv6=1`])
      ip('-n', space, 'link', 'set', end, 'up')
    }
  }

  unplug(): void {
    ip('-n', this.sensor, 'link', 'del', 'in')
  }

  set(state: 'up' | 'down'): void {
    ip('-n', this.sensor, 'link', 'set', 'in', state)
  }

  /** Sends a capture into `out`, or another cable that `options` name; returns how many packets it sent. */
  replay(file: string, ...options: string[]): number {
    const cable = options.includes('-i') ? [] : ['-i', 'out']
    const tcpreplay = ['tcpreplay', '-q', ...cable, ...options, file]
    const said = execFileSync('ip', ['netns', 'exec', this.sender, ...tcpreplay], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return Number(/Successful packets: +(\d+)/.exec(said)?.[1] ?? /Actual: (\d+) packets/.exec(said)![1])
  }

  /** Runs nads at the sensor. */
  nads(...args: string[]): Nads {
    const child = spawn('ip', ['netns', 'exec', this.sensor, process.execPath, join(root, 'bin', 'nads.js'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#children.push(child)
    return new Nads(child)
  }

  /** What a page of the server at the sensor says; empty while it cannot be had. */
  async fetch(url: string): Promise<string> {
    this.#reader ??= new Reader(this.sensor)
    return this.#reader.fetch(url)
  }

  /** Ids of processes at the sensor that run `program`. */
  running(program: string): number[] {
    return ip('netns', 'pids', this.sensor)
      .split('\n')
      .filter((line) => line !== '' && nameOf(Number(line)) === program)
      .map(Number)
  }

  /** Ids of those that capture already: the kernel holds packets for them. */
  capturing(program: string): number[] {
    const holds = (pid: number): boolean => readFileSync(`/proc/${pid}/net/packet`, 'utf8').trim().includes('\n')
    return this.running(program).filter(holds)
  }

  close(): void {
    this.#reader?.close()
    for (const child of this.#children) child.kill('SIGKILL')
    for (const space of [this.sender, this.sensor]) spawnSync('ip', ['netns', 'del', space])
  }
}

const READ = `
require('readline').createInterface({ input: process.stdin }).on('line', (url) =>
  fetch(url, { headers: { connection: 'close' } }).then((r) => r.text()).catch(() => '').then((text) => console.log(JSON.stringify(text))))`

/** Reads pages in a network namespace, one after the other. */
class Reader {
  readonly #child: ChildProcess
  #waiting: (text: string) => void = () => {}

  constructor(space: string) {
    const child = spawn('ip', ['netns', 'exec', space, process.execPath, '-e', READ], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    createInterface({ input: child.stdout! }).on('line', (line) => this.#waiting(JSON.parse(line)))
    this.#child = child
  }

  fetch(url: string): Promise<string> {
    return new Promise((done) => {
      this.#waiting = done
      this.#child.stdin!.write(`${url}\n`)
    })
  }

  close(): void {
    this.#child.kill()
  }
}

/** The program as it runs. */
export class Nads {
  /** What it wrote so far. */
  said = ''
  readonly ended: Promise<number | null>
  readonly #child: ChildProcess

  constructor(child: ChildProcess) {
    this.#child = child
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk) => (this.said += chunk))
    this.ended = new Promise((done) => child.once('close', done))
  }

  get pid(): number {
    return this.#child.pid!
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }
}

/** Resolves with what `look` gives once it is not null; fails after `seconds`. */
export async function until<T>(seconds: number, what: string, look: () => T | null | Promise<T | null>): Promise<T> {
  const end = performance.now() + seconds * 1000
  for (;;) {
    const found = await look()
    if (found !== null) return found
    if (performance.now() > end) throw new Error(`${what}: not within ${seconds} s`)
    await new Promise((done) => setTimeout(done, 100))
  }
}

function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

function nameOf(pid: number): string {
  const file = `/proc/${pid}/comm`
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
}
