import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { configSchema } from '../../src/config.ts'
import { run } from '../../src/run.ts'
import type { KeptIncident, Page } from '../../src/types/history.ts'
import type { Incident } from '../../src/types/incident.ts'
import { findData } from '../tabular/sets.ts'
import { Lab, until, whyNoLab } from './lab.ts'
import { Sensor } from './sensor.ts'

/** Captures of attacks, short ones: they are replayed as fast as they were recorded. */
const CAPTURES = ['UDP_SCAN.pcap', 'test12-icmp-portscan.pcap', 'dns-tunnel-iodine.pcap'].flatMap((name) => {
  const path = findData(`attacks/${name}`)
  return path === null ? [] : [path]
})
const reason = whyNoLab()

/** The model never learns enough to judge: what it has seen differs between the roads. */
const SETTINGS = { detection: { warmup: 100_000 } }

/** What was found on whom. */
function named({ type, sources, sourceCount, targets, targetCount }: Incident): string {
  return `${type}: ${sourceCount === 1 ? sources[0] : 'many'} > ${targetCount === 1 ? targets[0] : 'many'}`
}

async function read(file: string): Promise<string[]> {
  const { incidents } = await run(
    { config: configSchema.parse(SETTINGS), sources: [{ name: 'read', kind: 'read', files: [file] }] },
    { clock: { now: () => 0, sleep: async () => {} }, signal: new AbortController().signal },
  )
  return incidents.map(named)
}

describe.skipIf(reason !== null || CAPTURES.length === 0)('captures replayed to nads watch', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nads-live-road-'))
  let lab: Lab
  let sensor: Sensor

  beforeAll(async () => {
    const config = join(folder, 'nads.yaml')
    writeFileSync(config, `detection: { warmup: ${SETTINGS.detection.warmup} }\n`)
    lab = new Lab('road')
    sensor = await Sensor.start(lab, ['in'], '--snap-length', '65535', '--config', config)
  })
  afterAll(() => {
    lab?.close()
    rmSync(folder, { recursive: true })
  })

  it('give the incidents that reading them gives, and every packet is seen', { timeout: 180_000 }, async () => {
    const expected = (await Promise.all(CAPTURES.map(read))).flat().sort()
    expect(expected.length).toBeGreaterThanOrEqual(CAPTURES.length)
    let sent = 0
    for (const capture of CAPTURES) sent += lab.replay(capture, '--multiplier', '1')
    const found = async (): Promise<string[]> => {
      const page = await lab.fetch('http://127.0.0.1:8080/api/incidents?limit=100')
      return page === '' ? [] : (JSON.parse(page) as Page<KeptIncident>).items.map(named).sort()
    }
    const all = async () => ((await found()).join() === expected.join() ? true : null)
    await until(90, 'the incidents', all).catch(() => {})
    expect(await found()).toEqual(expected)
    await until(10, 'the last packets', async () => ((await sensor.counted()) >= sent ? true : null))
    expect(await sensor.counted()).toBe(sent)
  })
})
