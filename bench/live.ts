/**
 * Live capture under load, in network namespaces of its own (needs root): replays a capture at a rate and sets what was sent
 * against what was seen and what was reported as dropped. `tsx bench/live.ts [packets a second] [seconds]`.
 */
import { join, resolve } from 'node:path'
import { Lab, until, whyNoLab } from '../test/live/lab.ts'

const [rate = 50_000, seconds = 60] = process.argv.slice(2).map(Number)
const CAPTURE = join(resolve(import.meta.dirname, '../test/golden'), 'ssh-guessing', 'input.pcap')
const URL = 'http://127.0.0.1:8080/metrics'
const reason = whyNoLab()
if (reason !== null) throw new Error(reason)

const lab = new Lab('bench')
try {
  const nads = lab.nads('watch', 'in', '--port', '8080')
  const read = async (name: string): Promise<number> => {
    const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(await lab.fetch(URL))
    return found === null ? Number.NaN : Number(found[1])
  }
  await until(240, 'the sensor', () => (lab.running('dumpcap').length === 1 ? true : null))
  await new Promise((done) => setTimeout(done, 3000))
  const before = await read('process_cpu_seconds_total')
  const sent = lab.replay(
    CAPTURE,
    '--preload-pcap',
    '--pps',
    String(rate),
    '--loop',
    '0',
    '--duration',
    String(seconds),
  )
  // Packets the kernel still holds are on their way: done when no more come.
  for (let last = -1, now = 0; now !== last; ) {
    last = now
    await new Promise((done) => setTimeout(done, 3000))
    now =
      (await read('nads_packets_total\\{source="in"\\}')) +
      (await read('nads_source_dropped_total\\{source="in",by="queue"\\}'))
  }
  const seen = await read('nads_packets_total\\{source="in"\\}')
  const queue = await read('nads_source_dropped_total\\{source="in",by="queue"\\}')
  const cpu = (await read('process_cpu_seconds_total')) - before
  const resident = await read('process_resident_memory_bytes')
  // dumpcap tells what the kernel dropped only when it ends; nads goes on with another.
  process.kill(lab.running('dumpcap')[0]!, 'SIGTERM')
  await new Promise((done) => setTimeout(done, 4000))
  const kernel = await read('nads_source_dropped_total\\{source="in",by="kernel"\\}')
  const left = sent - seen - queue - kernel
  const figures = {
    rate,
    seconds,
    sent,
    seen,
    queue,
    kernel,
    unaccounted: left,
    cpu,
    residentMb: Math.round(resident / 1e6),
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
  process.stdout.write(
    nads.said
      .split('\n')
      .filter((line) => line.includes('blind'))
      .join('\n'),
  )
} finally {
  lab.close()
}
