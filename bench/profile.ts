import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../src/clock.ts'
import { loadConfig } from '../src/config.ts'
import { run } from '../src/run.ts'
import { writeTraffic } from './traffic.ts'

/**
 * Profiles the whole path over a capture (`npm run profile -- [FILE] [--out FOLDER]`; one is made when none is given): writes
 * `cpu.cpuprofile` and `allocations.heapprofile`, which Chromium's developer tools open, and `summary.txt`.
 */
interface Frame {
  functionName: string
  url: string
}
interface CpuNode {
  id: number
  callFrame: Frame
}
interface AllocationNode {
  callFrame: Frame
  selfSize: number
  children: AllocationNode[]
}

const args = process.argv.slice(2)
const outAt = args.indexOf('--out')
const out = outAt < 0 ? join(tmpdir(), 'nads-profile') : args.splice(outAt, 2)[1]!
const made = args[0] === undefined ? join(tmpdir(), `nads-profile-${process.pid}.pcap`) : null
const capture = args[0] ?? made!
const FUNCTIONS = 45

/** Sums by function and by stage, a folder of `src` (detectors one by one). */
class Tally {
  readonly #stages = new Map<string, number>()
  readonly #functions = new Map<string, number>()
  readonly #packets: number
  readonly #flows: number

  constructor(packets: number, flows: number) {
    this.#packets = packets
    this.#flows = flows
  }

  add({ functionName, url }: Frame, amount: number): void {
    const file = /\/(?:src|dist)\/(.+)$/.exec(url)?.[1]
    const stage = file === undefined ? 'runtime' : file.replace(/\/[^/]+$/, '')
    const where = file === undefined ? functionName : `${functionName || '(anonymous)'}  ${file}`
    this.#stages.set(stage, (this.#stages.get(stage) ?? 0) + amount)
    this.#functions.set(where, (this.#functions.get(where) ?? 0) + amount)
  }

  table(title: string, unit: string): string[] {
    return this.#lines(title, unit, this.#stages, Number.POSITIVE_INFINITY)
  }

  functions(title: string, unit: string): string[] {
    return this.#lines(title, unit, this.#functions, FUNCTIONS)
  }

  #lines(title: string, unit: string, sums: Map<string, number>, most: number): string[] {
    const total = [...sums.values()].reduce((sum, value) => sum + value, 0)
    const head = `${`${unit}/packet`.padStart(12)}${`${unit}/flow`.padStart(12)}${'share'.padStart(8)}`
    const rows = [...sums]
      .sort(([, a], [, b]) => b - a)
      .slice(0, most)
      .map(([name, value]) => {
        const share = `${((100 * value) / total).toFixed(1)} %`
        return `${(value / this.#packets).toFixed(1).padStart(12)}${(value / this.#flows).toFixed(0).padStart(12)}${share.padStart(8)}  ${name}`
      })
    return ['', title, head, ...rows]
  }
}

const session = new Session()
session.connect()
mkdirSync(out, { recursive: true })
try {
  if (made !== null) writeTraffic(made, { packets: 1_000_000, content: true })
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: 500 })
  await session.post('Profiler.start')
  const { packets, flows, cpuSeconds } = await judge()
  const { profile: cpu } = await session.post('Profiler.stop')
  await session.post('HeapProfiler.enable')
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: 16_384,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  } as never)
  await judge()
  const { profile: heap } = await session.post('HeapProfiler.stopSampling')

  const time = new Tally(packets, flows)
  const nodes = new Map((cpu.nodes as CpuNode[]).map((node) => [node.id, node.callFrame]))
  for (const [i, id] of cpu.samples!.entries()) time.add(nodes.get(id)!, Math.max(0, cpu.timeDeltas![i]!) * 1000)
  const bytes = new Tally(packets, flows)
  const walk = (node: AllocationNode): void => {
    bytes.add(node.callFrame, node.selfSize)
    for (const child of node.children) walk(child)
  }
  walk(heap.head as AllocationNode)

  const summary = [
    `${packets} packets, ${flows} flows, ${cpuSeconds.toFixed(2)} CPU s (profiler included)`,
    ...time.table('Time by stage', 'ns'),
    ...time.functions('Time by function', 'ns'),
    ...bytes.table('Allocation by stage', 'B'),
    ...bytes.functions('Allocation by function', 'B'),
    '',
  ].join('\n')
  writeFileSync(join(out, 'cpu.cpuprofile'), JSON.stringify(cpu))
  writeFileSync(join(out, 'allocations.heapprofile'), JSON.stringify(heap))
  writeFileSync(join(out, 'summary.txt'), summary)
  console.log(`${summary}\nwritten to ${out}`)
} finally {
  if (made !== null) rmSync(made, { force: true })
}

async function judge() {
  const start = process.cpuUsage()
  const { input } = await run(
    { config: loadConfig(undefined, {}), sources: [{ name: 'read', kind: 'read', files: [capture] }] },
    { clock: systemClock, signal: new AbortController().signal },
  )
  const { user, system } = process.cpuUsage(start)
  return { packets: input.packets, flows: input.flows, cpuSeconds: (user + system) / 1e6 }
}
