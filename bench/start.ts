import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { report, sized } from './measure.ts'
import { serve } from './program.ts'

/**
 * Prints how long `nads start` takes, after the build, until it serves its page; what it costs once it has settled, with a flow
 * every two seconds, as it comes, and with none; and its memory.
 */
const ROUNDS = sized(3, 1)
/** Seconds until the model has learned and what runs often is compiled, and seconds looked at. */
const SETTLE = sized(20, 2)
const LOOK = sized(20, 2)
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
  const began = performance.now()
  const { url, child, stop } = await serve('start', ...args)
  await (await fetch(url)).text()
  const waited = performance.now() - began
  await sleep(SETTLE * 1000)
  const before = ticks(child.pid!)
  await sleep(LOOK * 1000)
  idle.push((100 * (ticks(child.pid!) - before)) / TICKS_PER_SECOND / LOOK)
  resident.push(residentOf(child.pid!))
  await stop()
  return waited
}

/** User and system time of a process so far, from Linux' /proc. */
function ticks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return Number(fields[11]) + Number(fields[12])
}

function residentOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024
}
