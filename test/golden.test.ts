import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../src/config.ts'
import { packetView } from '../src/engine/view.ts'
import { run } from '../src/run.ts'

const folder = resolve(import.meta.dirname, 'golden')
/** `UPDATE_GOLDEN=1 npm test -- test/golden` writes what comes out; read the diff before committing it. */
const update = process.env.UPDATE_GOLDEN === '1'
const clock = { now: () => 0, sleep: async () => {} }

/** Flows and incidents of a capture, one JSON object a line. */
async function judge(file: string): Promise<{ 'flows.jsonl': string; 'incidents.jsonl': string }> {
  const flows: string[] = []
  const report = await run(
    { config: loadConfig(undefined, {}), sources: [{ name: 'read', kind: 'read', files: [file] }] },
    {
      clock,
      signal: new AbortController().signal,
      judged: ({ flow }, verdict, type) => {
        const { reasons, ...view } = packetView(flow, verdict, type, [])
        flows.push(JSON.stringify({ ...view, frame: flow.frame, state: flow.connState, end: flow.endReason }))
      },
    },
  )
  const lines = (list: string[]): string => list.map((line) => `${line}\n`).join('')
  return { 'flows.jsonl': lines(flows), 'incidents.jsonl': lines(report.incidents.map((one) => JSON.stringify(one))) }
}

describe.each(readdirSync(folder))('golden capture %s', (name) => {
  it('gives the flows and incidents it always gave', async () => {
    const found = await judge(join(folder, name, 'input.pcap'))
    for (const [file, content] of Object.entries(found)) {
      const path = join(folder, name, file)
      if (update) writeFileSync(path, content)
      expect(existsSync(path)).toBe(true)
      expect(content).toBe(readFileSync(path, 'utf8'))
    }
  })
})
