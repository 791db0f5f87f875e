import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { report } from './measure.ts'

/**
 * Prints how long `nads start` takes, after the build, until it serves its page; what it costs once it has settled, with a flow
 * every two seconds, as it comes, and with none; and its memory.
 */
const ROUNDS = 3
/** Seconds until the model has learned and what runs often is compiled, and seconds looked at. */
const SETTLE = 20
const LOOK = 20
const TICKS_PER_SECOND = 100
const nads = fileURLToPath(new URL('../bin/nads.js', import.meta.url))

spawnSync(process.execPath, [nads, '--version'], { stdio: 'ignore' })
const served: number[] = []
const [paced, quiet]: [number[], number[]] = [[], []]
const resident: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  served.push(await run([], paced))
  await run(['--rate', '0.001'], quiet)
}
report('nads start until the page is served', served, 'ms')
report('CPU of one core at a flow every 2 s', paced, '%')
report('CPU of one core without a flow', quiet, '%')
report('resident then', resident, 'MiB')

/** Starts it, notes what it costs once it has settled, ends it; returns how long it took. */
async function run(args: readonly string[], idle: number[]): Promise<number> {
  const port = await freePort()
  const began = performance.now()
  const child = spawn(process.execPath, [nads, 'start', '--port', String(port), ...args], { stdio: 'ignore' })
  while (!(await isServed(port))) await sleep(20)
  const waited = performance.now() - began
  await sleep(SETTLE * 1000)
  const before = ticks(child.pid!)
  await sleep(LOOK * 1000)
  idle.push((100 * (ticks(child.pid!) - before)) / TICKS_PER_SECOND / LOOK)
  resident.push(residentOf(child.pid!))
  child.kill('SIGTERM')
  await new Promise((resolve) => child.once('exit', resolve))
  return waited
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function isServed(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/`)).ok
  } catch {
    return false
  }
}

/** User and system time of a process so far, from Linux' /proc. */
function ticks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return Number(fields[11]) + Number(fields[12])
}

function residentOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024
}
