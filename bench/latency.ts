import { spawn, spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { io } from 'socket.io-client'
import type { Incident } from '../src/types/incident.ts'
import { report } from './measure.ts'

/**
 * Prints how long an incident takes to a page once the record that completes its evidence is written to a log that is followed:
 * each time another host guesses SSH passwords. Half a second of it is the next look at the log, on average, and one that flows
 * wait for what other logs say of them. What a flow of packets waits for its end is not in it.
 */
const TRIALS = 40
const GUESSES = 8
const FIELDS = [
  ...['ts', 'uid', 'id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p', 'proto', 'service', 'duration', 'orig_bytes'],
  ...['resp_bytes', 'conn_state', 'history', 'orig_pkts', 'orig_ip_bytes', 'resp_pkts', 'resp_ip_bytes'],
]
const nads = fileURLToPath(new URL('../bin/nads.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'nads-latency-'))
const log = join(folder, 'conn.log')

spawnSync(process.execPath, [nads, '--version'], { stdio: 'ignore' })
writeFileSync(log, `#separator \\x09\n#path\tconn\n#fields\t${FIELDS.join('\t')}\n${guess(0, 0)}`)
const port = await freePort()
const child = spawn(process.execPath, [nads, 'follow', log, '--port', String(port)], { stdio: 'ignore' })
const page = io(`http://127.0.0.1:${port}`, { transports: ['websocket'] })
await new Promise<void>((resolve) => page.once('stats', () => resolve()))
const waits: number[] = []
for (let trial = 1; trial <= TRIALS; trial++) {
  const attacker = addressOf(trial)
  const told = new Promise<void>((resolve) => {
    const listen = (incidents: Incident[]): void => {
      if (!incidents.some(({ sources }) => sources.includes(attacker))) return
      page.off('incidents', listen)
      resolve()
    }
    page.on('incidents', listen)
  })
  for (let i = 0; i < GUESSES - 1; i++) appendFileSync(log, guess(trial, i))
  await new Promise((resolve) => setTimeout(resolve, 1_500 + 37 * (trial % 27)))
  const began = performance.now()
  appendFileSync(log, guess(trial, GUESSES - 1))
  await told
  waits.push(performance.now() - began)
}
page.close()
child.kill('SIGTERM')
await new Promise((resolve) => child.once('exit', resolve))
rmSync(folder, { recursive: true, force: true })
const sorted = waits.toSorted((a, b) => a - b)
report('an incident on the page after its last record, median', [sorted[TRIALS >> 1]!], 'ms')
report('an incident on the page after its last record, 99th percentile', [sorted[Math.floor(TRIALS * 0.99)]!], 'ms')

function addressOf(trial: number): string {
  return `192.168.7.${10 + trial}`
}

function guess(trial: number, i: number): string {
  const now = Date.now() / 1_000
  const ends = [addressOf(trial), 40_000 + i, '192.168.9.1', 22, 'tcp', 'ssh']
  const line = [now - 1, `C${trial}x${i}`, ...ends, 1, 800, 1_200, 'SF', 'ShADadFf', 10, 1_320, 9, 1_668]
  return `${line.join('\t')}\n`
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
