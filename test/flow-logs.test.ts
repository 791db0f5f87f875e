import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../src/config.ts'
import { run } from '../src/run.ts'
import { findData, findXz } from './tabular/sets.ts'

const folder = mkdtempSync(join(tmpdir(), 'nads-flow-logs-'))
afterAll(() => rmSync(folder, { recursive: true }))
const clock = { now: () => 0, sleep: async () => {} }

/** Judges a packed log as `nads read` would. */
async function judge(packed: string) {
  const path = join(folder, basename(packed, '.xz'))
  writeFileSync(path, execFileSync('xz', ['-dc', packed], { maxBuffer: 2 ** 30 }))
  return run(
    { config: loadConfig(undefined, {}), sources: [{ name: 'read', kind: 'read', files: [path] }] },
    { clock, signal: new AbortController().signal },
  )
}

const LOGS: readonly [name: string, host: string, flows: number, undecoded: Record<string, number>][] = [
  ['flows/ctu/2016-09-09_win1.binetflow.xz', '192.168.1.112', 4799, { 'unknown-protocol': 2 }],
  ['flows/ctu/test5.binetflow.xz', '10.0.2.15', 6723, { 'management-record': 1, 'unknown-protocol': 1 }],
  ['flows/iot23/dataset_20220209_233853.csv.xz', '192.168.1.195', 10_259, { 'no-packets': 14_260 }],
]

describe('labelled logs of flows', () => {
  const [infected, normal] = [
    LOGS.map(([name]) => findData(name)),
    findData('flows/ctu/CTU-Normal-7-2013-13-07.binetflow.xz'),
  ]
  const here = findXz() && normal !== null && !infected.includes(null)

  it.skipIf(!here).each(LOGS)('%s: the infected host %s is in an incident', async (name, host, flows, undecoded) => {
    const { incidents, input } = await judge(findData(name)!)
    expect(input).toMatchObject({ flows, undecoded, truncated: false })
    expect(incidents.some(({ sources }) => sources.includes(host))).toBe(true)
  })

  it.skipIf(!here)('a person at work gives at most one incident', async () => {
    const { incidents, input } = await judge(normal!)
    expect(input).toMatchObject({ flows: 9797, packets: 471_237, undecoded: {} })
    expect(incidents.length).toBeLessThanOrEqual(1)
  })
})
