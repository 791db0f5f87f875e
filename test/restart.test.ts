import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ModelView } from '../src/types/api.ts'
import type { KeptHost, KeptIncident, Page, Suppression } from '../src/types/history.ts'
import { type Program, startProgram } from './browser/program.ts'

const folder = mkdtempSync(join(tmpdir(), 'nads-restart-'))
let program: Program | undefined
afterAll(async () => {
  await program?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function ask<T>(path: string, method = 'GET', body?: unknown): Promise<T> {
  const init = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const response = await fetch(`${program!.url}/api${path}`, { method, ...init })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}

const start = (): Promise<Program> =>
  startProgram(['--data-dir', folder, '--rate', '100', '--scenario', 'home', '--seed', '1'])

const odds = (probability: number): number => probability / (1 - probability)

describe('stopped and started again', () => {
  it('has its incidents, decisions, hosts, flows and model back, and gives no id twice', async () => {
    program = await start()
    const settled = async (): Promise<boolean> => {
      const { items } = await ask<Page<KeptIncident>>('/incidents?limit=5')
      const hosts = await ask<Page<KeptHost>>('/hosts?limit=5')
      const { state } = await ask<{ state: string }>('/model')
      return items.length > 0 && hosts.items.length > 0 && state !== 'learning'
    }
    await expect.poll(settled, { timeout: 180_000, interval: 1_000 }).toBe(true)
    const { id } = (await ask<Page<KeptIncident>>('/incidents?limit=1')).items[0]!
    await ask(`/incidents/${id}`, 'PATCH', { state: 'acknowledged', note: 'seen' })
    const { draft } = await ask<{ draft: object }>(`/incidents/${id}/expected`)
    const limits = { flowDays: 3, incidentDays: 90, maxFlows: 5_000, maxGigabytes: 2, alertsPerDay: 0.01 }
    const alone = async (): Promise<number> => (await ask<{ view: ModelView }>('/model')).view.cut!.alone
    const asked = await alone()
    await ask('/limits', 'PUT', limits)
    // Five hundred times as few a day: the odds asked for are as many times as large, whatever else was seen meanwhile.
    expect(odds(await alone())).toBeGreaterThan(100 * odds(asked))
    const saved = await ask<Suppression>('/suppressions', 'POST', { ...draft, reason: 'a test' })
    expect(await program.stop()).toBe(0)

    program = await start()
    expect(await ask<KeptIncident>(`/incidents/${id}`)).toMatchObject({
      state: 'acknowledged',
      notes: [{ text: 'seen' }],
    })
    expect(await ask<Suppression[]>('/suppressions')).toMatchObject([{ id: saved.id, reason: 'a test', undone: null }])
    expect((await ask<Page<KeptHost>>('/hosts?limit=5')).items.length).toBeGreaterThan(0)
    expect(await ask('/limits')).toMatchObject({ limits, said: true, settings: { flowDays: 30 } })
    expect(await ask('/settings')).toMatchObject({ history: { flowDays: 3 }, detection: { alertsPerDay: 0.01 } })
    expect((await ask<Page<object>>('/flows?limit=5')).items).toHaveLength(5)
    const model = async (): Promise<string> => (await ask<{ state: string }>('/model')).state
    await expect.poll(model, { timeout: 60_000, interval: 500 }).not.toBe('learning')
    const before = (await ask<Page<KeptIncident>>('/incidents?limit=1000')).items
    await expect
      .poll(async () => (await ask<Page<KeptIncident>>('/incidents?limit=1000')).items.length, {
        timeout: 180_000,
        interval: 1_000,
      })
      .toBeGreaterThan(before.length)
    const kept = await ask<KeptIncident>(`/incidents/${id}`)
    expect(kept).toMatchObject({ type: before.find((one) => one.id === id)!.type, state: 'acknowledged' })
  }, 480_000)
})
