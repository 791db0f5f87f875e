import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readInput } from '../../src/sources/flow-log/collect.case.ts'
import { InputError } from '../../src/types/errors.ts'
import type { FlowRecord } from '../../src/types/flow.ts'
import { filesBelow } from '../corpora/corpus.ts'
import { findXz } from '../tabular/sets.ts'
import { collect, datagramsIn, devicesIn, ends } from './collected.ts'
import { exportedAt } from './exporters.ts'

const DATA = resolve(process.env.NADS_DATA ?? '../shared/data')
const here = existsSync(join(DATA, 'netflow')) && existsSync(join(DATA, 'logs')) && findXz()
/** What every device and every log of the data set says: how much, and a hash of it. `UPDATE_GOLDEN=1` writes what comes out. */
const GOLDEN = join(import.meta.dirname, 'decoded.json')

/** `12 flows, 340 packets, 56789 bytes, 0f3a...`, and what could not be used, by reason. */
function said(flows: readonly FlowRecord[], problems: Record<string, number>): string {
  const sum = (of: (flow: FlowRecord) => number): number => flows.reduce((total, flow) => total + of(flow), 0)
  const packets = sum(({ forward, reverse }) => forward.packets + reverse.packets)
  const bytes = sum(({ forward, reverse }) => forward.bytes + reverse.bytes)
  const lines = flows.map((flow) => {
    const { first, last, service, connState, names, alerts, forward, reverse, vlan, srcMac, dstMac } = flow
    return [
      ends(flow),
      JSON.stringify([first, last, service, connState, vlan, srcMac, dstMac, names, alerts, forward, reverse]),
    ]
  })
  const hash = createHash('sha256').update(lines.flat().join('\n')).digest('hex').slice(0, 16)
  const faults = Object.entries(problems).filter(([, count]) => count > 0)
  const found = `${flows.length} flows, ${packets} packets, ${bytes} bytes, ${hash}`
  return [found, ...faults.map(([reason, count]) => `${count} ${reason}`).sort()].join(', ')
}

async function exported(folder: string, files: readonly string[]): Promise<string> {
  const collected = collect()
  for (const file of files) {
    const path = join(folder, file)
    if (file.endsWith('.pcap')) {
      for (const { payload, time } of await datagramsIn(path)) collected.collector.datagram(payload, '192.0.2.1', time)
    } else {
      const datagram = Uint8Array.from(readFileSync(path))
      collected.give([datagram], '192.0.2.1', exportedAt(datagram))
    }
  }
  collected.end()
  return said(collected.flows, collected.collector.problems())
}

async function logged(file: string): Promise<string> {
  const path = join(DATA, 'logs', file)
  const bytes = file.endsWith('.xz') ? execFileSync('xz', ['-dc', path], { maxBuffer: 2 ** 30 }) : readFileSync(path)
  try {
    const { flows, report } = await readInput(bytes)
    return said(flows, report.problems)
  } catch (error) {
    if (error instanceof InputError) return 'refused'
    throw error
  }
}

describe.skipIf(!here)('what the files of others say', () => {
  it('is what it was', async () => {
    const found: Record<string, string> = {}
    for (const name of ['akvorado', 'logstash-codec', 'pmacct']) {
      const folder = join(DATA, 'netflow', name)
      for (const [device, files] of devicesIn(folder)) found[`${name}/${device}`] = await exported(folder, files)
    }
    for (const file of filesBelow(join(DATA, 'logs')).sort()) found[`logs/${file}`] = await logged(file)
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(GOLDEN, `${JSON.stringify(found, null, 2)}\n`)
    expect(found).toEqual(JSON.parse(readFileSync(GOLDEN, 'utf8')))
  }, 60_000)
})
