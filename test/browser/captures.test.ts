import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CaptureList, CaptureView } from '../../src/types/api.ts'
import type { KeptFlow, KeptIncident } from '../../src/types/history.ts'
import type { ReadReport } from '../../src/types/report.ts'
import { namedScan, pcap } from '../craft/index.ts'
import { browserTest, launch } from './chromium.ts'
import { type Opened, open, violations } from './page.ts'
import { type Program, startProgram } from './program.ts'

const SCAN = resolve(import.meta.dirname, '../golden/syn-scan/input.pcap')
const BENIGN = resolve(import.meta.dirname, '../golden/benign/input.pcap')
const HOSTILE = '<img src=x onerror=breach(1)>\u202e..%2f.pcap'

const folder = mkdtempSync(join(tmpdir(), 'nads-captures-test-'))
const data = join(folder, 'data')
mkdirSync(data)
const settings = join(folder, 'nads.yaml')
writeFileSync(settings, 'captures: { maxMegabytes: 4, kept: 4 }\n')

describe.skipIf(!browserTest)('captures brought to the page', () => {
  let browser: Browser
  let program: Program
  let opened: Opened
  let page: Page
  const args = ['--seed', '1', '--rate', '2', '--scenario', 'quiet', '--config', settings, '--data-dir', data]

  beforeAll(async () => {
    program = await startProgram(args)
    browser = await launch()
    opened = await open(browser, `${program.url}/#/captures`)
    page = opened.page
  }, 240_000)
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const list = async (): Promise<CaptureView[]> =>
    ((await (await fetch(`${program.url}/api/captures`)).json()) as CaptureList).items
  const bring = (content: BodyInit, name: string): Promise<Response> =>
    fetch(`${program.url}/api/captures?name=${encodeURIComponent(name)}`, {
      method: 'POST',
      body: content,
      headers: { 'content-type': 'application/octet-stream' },
    })

  it('one is judged as nads read judges it, and looked into apart from live traffic', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      resolve(import.meta.dirname, '../../bin/nads.js'),
      ...['read', SCAN, '--format', 'json'],
    ])
    const report = JSON.parse(stdout) as ReadReport
    await page.locator('input[type=file]').setInputFiles(SCAN)
    const link = page.getByRole('link', { name: 'input.pcap' })
    await link.waitFor({ timeout: 30_000 })
    await page.locator('tr[data-state=done]').waitFor({ timeout: 30_000 })
    const [kept] = await list()
    expect(kept?.result).toMatchObject({
      packets: report.input.packets,
      flows: report.input.flows,
      incidents: report.incidents.length,
    })
    await link.click()
    await page.getByRole('heading', { name: 'What it is' }).waitFor()
    await page.getByRole('navigation', { name: 'This capture' }).getByRole('link', { name: 'Incidents' }).click()
    await page.locator('[data-entry]').first().click()
    await page.locator('[data-panel=incident]').getByRole('heading', { name: 'Why' }).waitFor()
    expect(await page.getByRole('button', { name: 'Acknowledge' }).count()).toBe(0)
    expect(await violations(page)).toEqual([])
    // The view has an address of its own, and live traffic knows nothing of it.
    await page.reload()
    await page.locator('[data-panel=incident]').getByRole('heading', { name: 'Why' }).waitFor()
    const [first] = report.incidents
    const told = await (await fetch(`${program.url}/api/captures/${kept!.id}/incidents/${first!.id}`)).json()
    expect(told).toMatchObject({ id: first!.id, type: first!.type, flows: first!.flows })
    const live = (await (await fetch(`${program.url}/api/hosts?q=host:${first!.sources[0]}`)).json()) as { items: [] }
    expect(live.items).toEqual([])
    expect(readdirSync(join(data, 'captures', kept!.id))).not.toContain('content')
  }, 90_000)

  it('a device that tells its name is called so in the graph of an incident, and its flows are found by it', async () => {
    const { id } = (await (
      await bring(Buffer.from(pcap(namedScan('annas-<b>laptop'))), 'named.pcap')
    ).json()) as CaptureView
    const state = async () => (await list()).find((one) => one.id === id)?.state
    await expect.poll(state, { timeout: 30_000 }).toBe('done')
    const ask = async <T>(path: string): Promise<T> =>
      (await (await fetch(`${program.url}/api/captures/${id}/${path}`)).json()) as T
    const [incident] = (await ask<{ items: KeptIncident[] }>('incidents')).items
    const of = async (search: string) => (await ask<{ items: KeptFlow[] }>(`flows?limit=500&q=${search}`)).items
    // All of its scan, and what it told its name in.
    expect((await of('name:annas')).length).toBe((await of('host:10.0.0.5')).length + 1)
    await page.goto(`${program.url}/#/captures/${id}/incidents/${incident!.id}`)
    const graph = page.locator('[data-panel=incident] svg[role=img]')
    await graph.getByText('annas-<b>laptop').waitFor()
    expect(await graph.locator('text').allTextContents()).toEqual(['annas-<b>laptop', '10.0.0.5', '10.0.0.9'])
    await fetch(`${program.url}/api/captures/${id}`, { method: 'DELETE' })
  }, 60_000)

  it('what is no capture, is cut, or has a hostile name is told of in words', async () => {
    await page.goto(`${program.url}/#/captures`)
    await page.locator('tr[data-state=done]').waitFor()
    expect(await violations(page)).toEqual([])
    const buffer = Buffer.from('no capture at all, just text\n'.repeat(20))
    await page.locator('input[type=file]').setInputFiles({ name: HOSTILE, mimeType: '', buffer })
    await page
      .locator('tr[data-state=failed]')
      .getByText(/not a capture/)
      .waitFor({ timeout: 30_000 })
    expect(await page.locator('tr[data-state=failed] .name').textContent()).toContain('<img src=x onerror=breach(1)>')
    expect(await page.locator('tr[data-state=failed]').textContent()).not.toContain(data)
    expect(await violations(page)).toEqual([])
    expect((await bring(readFileSync(BENIGN).subarray(0, 5_003), 'cut.pcap')).status).toBe(201)
    await expect.poll(async () => (await list())[0]?.result?.truncated, { timeout: 30_000 }).toBe(true)
    const big = await bring(new Blob([new Uint8Array(4_000_001)]), 'big.pcap').catch(() => null)
    expect(big === null || big.status === 413).toBe(true)
    expect((await bring('', 'empty')).status).toBe(400)
    expect((await bring('x', 'a\u0000b')).status).toBe(400)
    expect((await fetch(`${program.url}/api/captures?name=x`, { method: 'POST' })).status).toBe(415)
    expect(readdirSync(join(data, 'captures')).length).toBe(3)
    expect(opened.problems.filter((problem) => !/status of 4/.test(problem))).toEqual([])
  }, 60_000)

  it('two wait for each other, as many are kept as may be, and deleting leaves nothing', async () => {
    const [, ...older] = await list()
    for (const { id } of older) {
      expect((await fetch(`${program.url}/api/captures/${id}`, { method: 'DELETE' })).status).toBe(200)
    }
    const both = await Promise.all([bring(readFileSync(BENIGN), 'one'), bring(readFileSync(SCAN), 'two')])
    expect(both.map(({ status }) => status)).toEqual([201, 201])
    await expect
      .poll(async () => (await list()).map(({ state }) => state), { timeout: 60_000 })
      .toEqual(['done', 'done', 'done'])
    expect((await bring('x'.repeat(100), 'three')).status).toBe(201)
    expect((await bring('x'.repeat(100), 'four')).status).toBe(409)
    await page.reload()
    for (let left = 4; left > 0; left--) {
      await expect.poll(() => page.locator('tbody tr').count(), { timeout: 15_000 }).toBe(left)
      await page
        .getByRole('button', { name: /^Delete / })
        .first()
        .click()
      await page.getByRole('button', { name: /^Delete for good / }).click()
    }
    await page.getByText('No captures yet').waitFor()
    expect(await violations(page)).toEqual([])
    await expect.poll(() => readdirSync(join(data, 'captures')), { timeout: 10_000 }).toEqual([])
  }, 120_000)

  it('one dropped on the page is taken, its progress shown, and what is too large is refused before it is sent', async () => {
    const drop = async (name: string, content: string): Promise<void> => {
      const held = await page.evaluateHandle(`(() => {
        const held = new DataTransfer()
        held.items.add(new File([${content}], ${JSON.stringify(name)}))
        return held
      })()`)
      const place = page.getByRole('group', { name: 'Bring a capture' })
      await place.dispatchEvent('dragover', { dataTransfer: held })
      await page.locator('.drop.over').waitFor()
      await place.dispatchEvent('drop', { dataTransfer: held })
      expect(await page.locator('.drop.over').count()).toBe(0)
    }
    const bytes = readFileSync(BENIGN).toString('base64')
    await drop('dropped.pcap', `Uint8Array.from(atob('${bytes}'), (letter) => letter.charCodeAt(0))`)
    await page.locator('tr[data-state=done]').getByRole('link', { name: 'dropped.pcap' }).waitFor({ timeout: 30_000 })
    await drop('large.pcap', 'new Uint8Array(4_000_001)')
    await page.getByText(/at most .* are taken/).waitFor()
    expect((await list()).map(({ name }) => name)).toEqual(['dropped.pcap'])
  }, 60_000)

  it('those that waited or were being judged when the program ended are judged when it starts again', async () => {
    const [done] = await list()
    expect(await program.stop()).toBe(0)
    const states = ['judging', 'waiting'] as const
    for (const [index, state] of states.entries()) {
      const id = String(index).repeat(16)
      const home = join(data, 'captures', id)
      mkdirSync(home)
      writeFileSync(join(home, 'content'), readFileSync(BENIGN))
      if (state === 'judging') writeFileSync(join(home, 'history.duckdb'), 'left half written')
      const known = { ...done, id, state, name: state, added: done!.added + index + 1, progress: 0, result: null }
      writeFileSync(join(home, 'capture.json'), JSON.stringify(known))
    }
    program = await startProgram(args, program.port)
    await expect
      .poll(async () => (await list()).map(({ name, state, result }) => [name, state, result?.packets]), {
        timeout: 60_000,
      })
      .toEqual(['waiting', 'judging', 'dropped.pcap'].map((name) => [name, 'done', done!.result!.packets]))
    expect(readdirSync(join(data, 'captures', '0'.repeat(16)))).not.toContain('content')
  }, 120_000)
})
