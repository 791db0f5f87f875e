import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { tcpSession } from '../test/craft/index.ts'
import { Lab, until, whyNoLab } from '../test/live/lab.ts'
import { report, sized } from './measure.ts'
import { serve } from './program.ts'

/**
 * Prints how long an incident takes to a page: each time another host guesses SSH passwords. Of packets on an interface, in network
 * namespaces of its own (needs root and python3), once the packet that ends the last log-in is sent; of a log that is followed, once
 * the record is written: half a second of that is the next look at the log, on average, and one that flows wait for what other logs say.
 */
const TRIALS = sized(40, 4)
const GUESSES = 8
const FIELDS = [
  ...['ts', 'uid', 'id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p', 'proto', 'service', 'duration', 'orig_bytes'],
  ...['resp_bytes', 'conn_state', 'history', 'orig_pkts', 'orig_ip_bytes', 'resp_pkts', 'resp_ip_bytes'],
]
/** Sends the frames of a line, in base64, and says when the last was. */
const SENDER = `
import base64, socket, sys, time
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind(('out', 0))
for line in sys.stdin:
  for frame in line.split(): out.send(base64.b64decode(frame))
  print(time.monotonic_ns(), flush=True)
`
const local = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const nads = local('../bin/nads.js')

async function benchPackets(): Promise<void> {
  const lab = new Lab('latency')
  const helpers: ChildProcess[] = []
  const helper = (space: string, ...command: string[]): ChildProcess => {
    const child = spawn('ip', ['netns', 'exec', space, ...command], { stdio: ['pipe', 'pipe', 'inherit'] })
    helpers.push(child)
    return child
  }
  try {
    lab.nads('watch', 'in', '--port', '8080')
    await until(60, 'the sensor', () => (lab.capturing('dumpcap').length > 0 ? true : null))
    const page = new Page(helper(lab.sensor, process.execPath, local('./listen.mjs'), 'http://127.0.0.1:8080'))
    const sender = helper(lab.sender, 'python3', '-c', SENDER)
    const sent = linesOf(sender)
    const send = async (frames: string[]): Promise<bigint> => {
      const done = new Promise<string>((resolve) => sent.once('line', resolve))
      sender.stdin!.write(`${frames.join(' ')}\n`)
      return BigInt(await done)
    }
    await page.ready
    const waits: number[] = []
    for (let trial = 1; trial <= TRIALS; trial++) {
      for (let i = 0; i < GUESSES - 1; i++) await send(logIn(trial, i))
      await sleep(800 + 37 * (trial % 27))
      const told = page.toldOf(addressOf(trial))
      const began = await send(logIn(trial, GUESSES - 1))
      waits.push(Number((await told) - began) / 1e6)
    }
    tell('an incident on the page after its last packet', waits)
  } finally {
    for (const child of helpers) child.kill()
    lab.close()
  }
}

/** What a page that runs elsewhere is sent. */
class Page {
  readonly ready: Promise<void>
  readonly #lines: Interface

  constructor(child: ChildProcess) {
    this.#lines = linesOf(child)
    this.ready = new Promise((resolve) => this.#lines.once('line', () => resolve()))
  }

  /** When it first heard of an incident of `attacker`. */
  toldOf(attacker: string): Promise<bigint> {
    return new Promise((resolve) => {
      const listen = (line: string): void => {
        const { at, sources = [] } = JSON.parse(line) as { at: string; sources?: string[] }
        if (!sources.includes(attacker)) return
        this.#lines.off('line', listen)
        resolve(BigInt(at))
      }
      this.#lines.on('line', listen)
    })
  }
}

function linesOf(child: ChildProcess): Interface {
  return createInterface({ input: child.stdout! })
}

/** The frames of one short log-in, in base64. */
function logIn(trial: number, i: number): string[] {
  const client = { address: addressOf(trial) }
  const server = { address: '192.168.9.1' }
  const turns = [
    ['SSH-2.0-OpenSSH_9.2\r\n', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['k'.repeat(800), 'k'.repeat(900)],
    ['password', 'no'],
  ] as const
  const frames = tcpSession({ client, server, port: 22, clientPort: 40_000 + i, turns })
  return frames.map(({ bytes }) => Buffer.from(bytes).toString('base64'))
}

async function benchLog(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'nads-latency-'))
  const log = join(folder, 'conn.log')
  writeFileSync(log, `#separator \\x09\n#path\tconn\n#fields\t${FIELDS.join('\t')}\n${guess(0, 0)}`)
  const { url, stop } = await serve('follow', log)
  const listener = spawn(process.execPath, [local('./listen.mjs'), url])
  const page = new Page(listener)
  await page.ready
  const waits: number[] = []
  for (let trial = 1; trial <= TRIALS; trial++) {
    const told = page.toldOf(addressOf(trial))
    for (let i = 0; i < GUESSES - 1; i++) appendFileSync(log, guess(trial, i))
    await sleep(1_500 + 37 * (trial % 27))
    const began = process.hrtime.bigint()
    appendFileSync(log, guess(trial, GUESSES - 1))
    waits.push(Number((await told) - began) / 1e6)
  }
  listener.kill()
  await stop()
  rmSync(folder, { recursive: true, force: true })
  tell('an incident on the page after its last record', waits)
}

function tell(what: string, waits: readonly number[]): void {
  const sorted = waits.toSorted((a, b) => a - b)
  report(`${what}, median`, [sorted[TRIALS >> 1]!], 'ms')
  report(`${what}, 99th percentile`, [sorted[Math.floor(TRIALS * 0.99)]!], 'ms')
}

function addressOf(trial: number): string {
  return `192.168.7.${10 + trial}`
}

function guess(trial: number, i: number): string {
  const now = Date.now() / 1_000
  const ends = [addressOf(trial), 40_000 + i, '192.168.9.1', 22, 'tcp', 'ssh']
  const line = [now - 1, `C${trial}x${i}`, ...ends, 1, 800, 1_200, 'SF', 'ShADadFf', 10, 1_320, 9, 1_668]
  return `${line.join('\t')}\n`
}

spawnSync(process.execPath, [nads, '--version'], { stdio: 'ignore' })
const reason = whyNoLab() ?? (spawnSync('python3', ['--version']).status === 0 ? null : 'python3 is missing')
if (reason === null) await benchPackets()
else console.log(`packets of an interface are not measured: ${reason}`)
await benchLog()
