import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { configSchema } from '../src/config.ts'
import { formatAddress } from '../src/net/address.ts'
import { copyFlowRecord, createFlowRecord } from '../src/net/flow-record.ts'
import { run } from '../src/run.ts'
import type { FlowRecord } from '../src/types/flow.ts'
import { connLog, connLogJson } from './conn-log.ts'

const root = resolve(import.meta.dirname, '..')
const capture = join(root, 'test', 'golden', 'syn-scan', 'input.pcap')

// What is not built yet is built now.
beforeAll(() => void execFileSync(process.execPath, [join(root, 'bin', 'nads.js'), '--version']))

let child: ChildProcessWithoutNullStreams
afterEach(() => void child.kill('SIGKILL'))

/** `nads read -` with a pipe that nobody closes. */
function start(): { said: () => string; printed: () => string; ended: Promise<number | null> } {
  let stdout = ''
  let stderr = ''
  child = spawn(process.execPath, [join(root, 'bin', 'nads.js'), 'read', '-'])
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  child.stdin.on('error', () => {})
  const ended = new Promise<number | null>((done) => child.once('close', done))
  return { said: () => stderr, printed: () => stdout, ended }
}

async function flowsOf(file: string): Promise<FlowRecord[]> {
  const flows: FlowRecord[] = []
  const judged = ({ flow }: { flow: FlowRecord }): void => void flows.push(copyFlowRecord(flow, createFlowRecord()))
  const sources = [{ name: 'read', kind: 'read' as const, files: [file] }]
  const clock = { now: () => 0, sleep: async () => {} }
  await run({ config: configSchema.parse({}), sources }, { clock, signal: new AbortController().signal, judged })
  return flows
}

/** Writes what is given in small pieces, until an incident is told of. */
async function feed(bytes: Buffer, said: () => string): Promise<void> {
  for (let at = 0; at < bytes.length; at += 4096) child.stdin.write(bytes.subarray(at, at + 4096))
  for (let wait = 0; wait < 600 && !said().includes('\n'); wait++) await sleep(100)
}

/** Less than is looked at, where there is more, to tell what an input is. */
async function fewFlows(): Promise<FlowRecord[]> {
  return (await flowsOf(capture)).filter(({ address }) => formatAddress(address) === '192.168.7.21').slice(0, 40)
}

const INCIDENT = /^\d{4}-\d\d-\d\dT\S+Z high: \S.*192\.168\.7\.10.*\n/

describe('nads read of a pipe that does not end', () => {
  it.each<[string, () => Promise<Buffer>]>([
    ['a capture', async () => readFileSync(capture)],
    ['a log with tabs', async () => Buffer.from(connLog(await fewFlows()))],
    ['a log of JSON lines', async () => Buffer.from(connLogJson(await fewFlows()))],
    ['a packed capture', async () => gzipSync(readFileSync(capture))],
  ])('%s: says of each incident when it comes up, and reports when it is interrupted', async (_, content) => {
    const { said, printed, ended } = start()
    await feed(await content(), said)
    expect(said()).toMatch(INCIDENT)
    expect(printed()).toBe('')
    child.kill('SIGINT')
    expect(await ended).toBe(0)
    expect(printed()).toMatch(/SEVERITY[\s\S]*high/)
  })
})
