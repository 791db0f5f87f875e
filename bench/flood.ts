/**
 * What a flood of SYNs from random sources does to a sensor, in network namespaces of its own (needs root and hping3): memory, how soon it
 * is told of, who else is still seen meanwhile, and how soon it is over. `tsx bench/flood.ts [seconds]`.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findProgram } from '../src/sources/watch/tool.ts'
import { Lab, until, whyNoLab } from '../test/live/lab.ts'
import { Sensor } from '../test/live/sensor.ts'

const seconds = Number(process.argv[2] ?? 120)
const [ATTACKER, VICTIM, PORT] = ['10.77.0.1', '10.77.0.2', 9_999]
/** Connections a second each answered by a server: what a flood must not hide. */
const SERVE = `require('net').createServer((s) => s.on('error', () => {}).on('data', () => s.end('ok'))).listen(${PORT}, '${VICTIM}')`
const PROBE = `let sent = 0
const knock = () => require('net').connect(${PORT}, '${VICTIM}').on('error', () => {}).on('connect', function () { this.end('hi') }).resume()
setInterval(() => (sent++, knock()), 1000)
process.on('SIGTERM', () => { console.log(sent); process.exit() })`

const reason = whyNoLab() ?? (findProgram('hping3') === null ? 'hping3 is missing' : null)
if (reason !== null) throw new Error(reason)

const within = (space: string, program: string, ...args: string[]): ChildProcess =>
  spawn('ip', ['netns', 'exec', space, program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
const folder = mkdtempSync(join(tmpdir(), 'nads-flood-'))
const lab = new Lab('flood')
const helpers: ChildProcess[] = []
try {
  execFileSync('ip', ['-n', lab.sender, 'addr', 'add', `${ATTACKER}/24`, 'dev', 'out'])
  execFileSync('ip', ['-n', lab.sensor, 'addr', 'add', `${VICTIM}/24`, 'dev', 'in'])
  const sensor = await Sensor.start(lab, ['in'], '--data-dir', folder)
  const resident = (): number => {
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${sensor.nads.pid}/status`, 'utf8'))!
    return Number(kilobytes) / 1024
  }
  const api = async <T>(path: string): Promise<T | null> => {
    const text = await lab.fetch(`http://127.0.0.1:8080/api/${path}`)
    return text === '' ? null : (JSON.parse(text) as T)
  }
  helpers.push(within(lab.sensor, process.execPath, '-e', SERVE))
  await sleep(1_000)
  const probe = within(lab.sender, process.execPath, '-e', PROBE)
  helpers.push(probe)
  await sleep(5_000)

  const start = performance.now()
  const passed = (): number => (performance.now() - start) / 1_000
  const hping = ['-q', '--flood', '--rand-source', '-S', '-p', '80', VICTIM]
  const flood = within(lab.sender, 'timeout', '-s', 'INT', String(seconds), 'hping3', ...hping)
  let said = ''
  for (const stream of [flood.stdout!, flood.stderr!]) stream.on('data', (chunk) => (said += chunk))
  const over = new Promise((done) => flood.once('close', done))
  let alerted: number | null = null
  const memory: { at: number; mb: number }[] = []
  while (passed() < seconds - 1) {
    const found = alerted === null ? await api<{ items: unknown[] }>('incidents?q=type:ddos&limit=1') : null
    if (found !== null && found.items.length > 0) alerted = passed()
    memory.push({ at: passed(), mb: resident() })
    await sleep(alerted === null ? 250 : 2_000)
  }
  await over
  const sent = Number(/(\d+) packets transmitted/.exec(said)?.[1])
  const ended = performance.now()
  const emergency = () => sensor.metric('nads_stage_count', 'stage="flows",name="emergency"')
  await until(90, 'the end of the emergency', async () => ((await emergency()) === 1 ? null : true))
  const recovered = (performance.now() - ended) / 1_000
  const probes = new Promise<number>((done) => probe.stdout!.once('data', (text) => done(Number(text))))
  probe.kill('SIGTERM')
  const knocks = await Promise.race([probes, sleep(5_000).then(() => Number.NaN)])
  await sleep(70_000)
  const kept = await api<{ items: { srcPort: number }[] }>(`flows?q=port:${PORT}&limit=500`)
  const figures = {
    seconds,
    sent,
    perSecond: Math.round(sent / seconds),
    seen: await sensor.metric('nads_packets_total'),
    dropped: await sensor.metric('nads_source_dropped_total', 'source="in",by="kernel"'),
    alertedAfter: alerted,
    most: Math.round(Math.max(...memory.map(({ mb }) => mb))),
    slope: slopeOf(memory.filter(({ at }) => at > seconds - 60)),
    recoveredAfter: recovered,
    probes: knocks,
    probesKept: new Set(kept?.items.map(({ srcPort }) => srcPort)).size,
  }
  console.log(JSON.stringify(figures))
} finally {
  for (const one of helpers) one.kill()
  lab.close()
  rmSync(folder, { recursive: true, force: true })
}

/** Megabytes a minute. */
function slopeOf(list: readonly { at: number; mb: number }[]): number {
  const mean = (of: (one: { at: number; mb: number }) => number): number =>
    list.reduce((sum, one) => sum + of(one), 0) / list.length
  const [at, mb] = [mean((one) => one.at), mean((one) => one.mb)]
  const up = list.reduce((sum, one) => sum + (one.at - at) * (one.mb - mb), 0)
  return (60 * up) / list.reduce((sum, one) => sum + (one.at - at) ** 2, 0)
}
