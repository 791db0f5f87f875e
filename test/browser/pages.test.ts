import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserTest, launch } from './chromium.ts'
import { type Opened, open, violations } from './page.ts'
import { type Program, startProgram } from './program.ts'

/** Every page, and what it says when it has nothing to show or was asked wrongly. */
const PAGES = [
  '',
  'incidents',
  'incidents?q=nosuch%3A1',
  'incidents?q=203.0.113.250',
  'incidents/nads-999999',
  'hosts',
  'hosts/203.0.113.250',
  'flows',
  'flows?q=nosuch%3A1',
  'flows?q=src%3A203.0.113.250&ids=1',
  'expected',
  'captures',
  'rules',
  'rules?q=zzzz',
  'rules/New',
  'rules/tcp-port-scan',
  'model',
  'settings',
]

/** From the narrowest telephone to a wide screen. */
const WIDTHS = [320, 390, 768, 1024, 1920, 2560]

describe.skipIf(!browserTest)('the pages of the running program', () => {
  let browser: Browser
  let program: Program
  let opened: Opened
  let page: Page

  /** What a webhook was sent, and what it answers. */
  const told: string[] = []
  let status = 204
  let hook: Server
  const folder = mkdtempSync(join(tmpdir(), 'nads-pages-'))

  beforeAll(async () => {
    hook = createServer(async (request, response) => {
      let body = ''
      for await (const piece of request) body += piece
      told.push(body)
      response.writeHead(status).end()
    })
    await new Promise<void>((done) => hook.listen(0, '127.0.0.1', done))
    const settings = join(folder, 'nads.yaml')
    const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`
    writeFileSync(settings, `outputs: [{ name: chat, kind: webhook, url: '${url}', severity: critical }]\n`)
    const args = ['--seed', '1', '--rate', '100', '--scenario', 'home', '--classic-rules', '--config', settings]
    program = await startProgram(args)
    browser = await launch()
    opened = await open(browser, program.url)
    page = opened.page
    await page.locator('[data-panel=incidents] article').first().waitFor({ timeout: 90_000 })
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    hook?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const show = async (path: string): Promise<void> => {
    await page.evaluate(`location.hash = '#/${path}'`)
  }

  it('each have an address, content and a sound structure, light and dark, in every state, and fit any width', async () => {
    const sound = async (path: string, rules?: string[]): Promise<void> => {
      await show(path)
      await page.locator('main h1').waitFor()
      await page.waitForLoadState('networkidle')
      expect(await violations(page, rules), path).toEqual([])
      // One heading says what the page is, and so does the tab.
      const heading = (await page.locator('h1').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim())
      expect(await page.title(), path).toBe(`${heading.join()} · nads`)
    }
    const incidents = await fetch(`${program.url}/api/incidents?limit=1`)
    const [incident] = ((await incidents.json()) as { items: { id: string; sources: string[] }[] }).items
    for (const path of [...PAGES, `incidents/${incident!.id}`, `hosts/${incident!.sources[0]}`]) {
      await sound(path)
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 })
        expect(await page.evaluate('document.documentElement.scrollWidth'), `${path} at ${width} px`).toBe(width)
      }
      await page.setViewportSize({ width: 1440, height: 900 })
    }
    await page.getByRole('button', { name: 'Switch to light' }).click()
    await page.locator('html[data-theme=light]').waitFor()
    // In the second theme only colours are others.
    for (const path of PAGES) if (!/[?/]/.test(path)) await sound(path, ['color-contrast'])
    await page.getByRole('button', { name: 'Switch to dark' }).click()
    expect(opened.problems.filter((problem) => !/status of 40[04]/.test(problem))).toEqual([])
  }, 240_000)

  it('an incident is opened by key, acknowledged, noted, said to be expected, and taken back', async () => {
    await show('incidents')
    await page.locator('[data-entry]').first().waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    const incident = page.locator('[data-panel=incident]')
    await incident.getByRole('heading', { name: 'Why' }).waitFor()
    const lengths = await incident
      .locator('dl:has(.bar.observed)')
      .first()
      .evaluate((list) => [...list.querySelectorAll('.bar')].map((bar) => bar.getBoundingClientRect().width))
    // More than the rule allows, though what is said of it takes more room.
    expect(lengths[0]).toBeGreaterThan(lengths[1]!)
    await incident.getByRole('button', { name: 'Acknowledge' }).click()
    await incident.getByText('acknowledged', { exact: true }).waitFor()
    await incident.getByLabel('A note').fill('seen <b>by</b> me')
    await incident.getByRole('button', { name: 'Add the note' }).click()
    await incident.getByText('seen <b>by</b> me').waitFor()
    await page.getByRole('heading', { name: 'Notes' }).click()
    await page.keyboard.press('e')
    const dialog = page.locator('dialog[open]')
    await dialog.getByText(/Would have hidden/).waitFor()
    expect(await violations(page)).toEqual([])
    await dialog.getByLabel('Why').fill('a test')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByText(/marked as expected/).waitFor()
    await dialog.getByRole('button', { name: 'Undo' }).click()
    await dialog.getByText(/Would have hidden/).waitFor()
    await page.keyboard.press('Escape')
    await show('expected')
    await page.getByRole('heading', { name: 'Undone' }).waitFor()
  }, 120_000)

  it('flows are searched by column and by word, and a wrong search says where', async () => {
    await show('flows')
    const table = page.locator('[data-panel=flows]')
    await table.locator('.flow').first().waitFor()
    await table.getByLabel('Filter by port').fill('53')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.evaluate('location.hash')).toContain('port%3A53')
    await expect
      .poll(async () => new Set(await table.locator('.flow td:nth-child(4)').allInnerTexts()), { timeout: 15_000 })
      .toEqual(new Set(['53']))
    await page.getByRole('button', { name: 'Fingerprints' }).click()
    await table.getByRole('columnheader', { name: 'JA4' }).waitFor()
    expect(await table.locator('.flow td:nth-child(12)').first().textContent()).toMatch(/^\s*1:[\w+/]{27}=\s*$/)
    await page.getByRole('button', { name: 'Fingerprints' }).click()
    await page.keyboard.press('Escape')
    await page.getByLabel('Search').fill('nosuch:1')
    await page.getByText(/no field "nosuch"/).waitFor()
  }, 60_000)

  it('keys search, move through a list both ways, go to a page, and say what they do', async () => {
    await show('rules')
    await page.locator('[data-entry]').nth(2).waitFor()
    const focused = () => page.evaluate('document.activeElement.textContent.trim()')
    const [first, second] = await page.locator('[data-entry]').allTextContents()
    await page.keyboard.press('/')
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe('Search')
    await page.keyboard.press('Escape')
    await page.keyboard.press('j')
    expect(await focused()).toBe(first)
    await page.keyboard.press('j')
    expect(await focused()).toBe(second)
    await page.keyboard.press('k')
    expect(await focused()).toBe(first)
    await page.keyboard.press('?')
    await page.locator('dialog[open]').getByText('this is expected, on an incident').waitFor()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.keyboard.press('g')
    await page.keyboard.press('h')
    await expect.poll(() => page.evaluate('location.hash')).toBe('#/hosts')
  }, 60_000)

  it('a rule is tried on what happened, and a mistake is told at its line', async () => {
    await show('rules/port-scan')
    if ((await page.locator('textarea').count()) === 0) {
      await show('rules')
      await page.locator('[data-entry]').first().click()
    }
    const editor = page.getByLabel('The rule as YAML')
    await expect.poll(() => editor.inputValue(), { timeout: 15_000 }).toContain('title:')
    await page.getByRole('button', { name: /Try on the last/ }).click()
    await page.getByText(/Would have fired/).waitFor({ timeout: 30_000 })
    await editor.fill(`${await editor.inputValue()}\nnonsense: 1\n`)
    await page.getByText(/^Line \d+: /).waitFor()
  }, 90_000)

  it('a change is tried, saved, in force, and taken back; it never touches the file that comes with nads', async () => {
    await show('rules/tcp-port-scan')
    const editor = page.getByLabel('The rule as YAML')
    await expect.poll(() => editor.inputValue(), { timeout: 15_000 }).toContain('id: tcp-port-scan')
    await page.getByText('It is in force.').waitFor()
    const text = await editor.inputValue()
    const save = page.getByRole('button', { name: 'Save', exact: true })
    await editor.fill(text.replace(/^title: .*$/m, 'title: Scan, as edited'))
    expect(await save.isDisabled()).toBe(true)
    await page.getByRole('button', { name: /Try on the last/ }).click()
    await page.getByText('As it is now:').waitFor({ timeout: 30_000 })
    await save.click()
    await page.getByText(/^Saved\. \d+ rules in force/).waitFor()
    await page.getByRole('heading', { name: 'Scan, as edited' }).waitFor()
    await page.getByRole('button', { name: /^Back to the original/ }).click()
    await page.getByRole('button', { name: /^Discard what was edited/ }).click()
    await page.getByText(/^The original is in force again/).waitFor()
    await expect.poll(() => editor.inputValue()).toBe(text)
    await show('rules')
    await page.getByRole('button', { name: 'Read again' }).click()
    await page.getByText(/^Read again: \d+ rules in force/).waitFor()
    const journal = (await (await fetch(`${program.url}/api/journal`)).json()) as { kind: string }[]
    expect(journal.slice(0, 3).map(({ kind }) => kind)).toEqual(['reload', 'unrule', 'rule'])
  }, 90_000)

  it('a new rule is written or opened, told where it is wrong, tried, saved, in force, and deleted', async () => {
    await show('rules')
    await page.getByRole('link', { name: 'New rule' }).click()
    const editor = page.getByLabel('The rule as YAML')
    const save = page.getByRole('button', { name: 'Save', exact: true })
    await page.getByText('It is a rule. Try it, then save it.').waitFor()
    const template = await editor.inputValue()
    await editor.fill(template.replace('dst_port', 'dst_prot'))
    await page.getByText(/^Line \d+: .*dst_prot/).waitFor()
    expect(await save.isDisabled()).toBe(true)
    const text = template.replace('id: my-rule', 'id: many-lookups').replace(/^title: .*$/m, 'title: Many lookups')
    const content = text.replace('protocol: tcp, dst_port: 22', 'dst_port: 53')
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'anything.yaml', mimeType: '', buffer: Buffer.from(content) })
    await expect.poll(() => editor.inputValue()).toBe(content)
    await page.getByRole('heading', { name: 'many-lookups.yaml' }).waitFor()
    await page.getByRole('button', { name: /Try on the last/ }).click()
    await page.getByText(/Would have fired/).waitFor({ timeout: 30_000 })
    await save.click()
    await page.getByRole('heading', { name: 'Many lookups' }).waitFor()
    await page.getByText('It is in force.').waitFor()
    await expect.poll(() => page.evaluate('location.hash')).toBe('#/rules/many-lookups')
    await expect.poll(() => editor.inputValue(), { timeout: 15_000 }).toBe(content)
    await page.getByRole('button', { name: /^Delete/ }).click()
    await page.getByRole('button', { name: /^Delete for good/ }).click()
    await expect
      .poll(async () => (await fetch(`${program.url}/api/rules/many-lookups`)).status, { timeout: 15_000 })
      .toBe(404)
  }, 180_000)

  it('an output is tested, and why it fails is said', async () => {
    await show('settings')
    const row = page.getByRole('row', { name: /^chat/ })
    await row.getByRole('button', { name: /^Send a test/ }).click()
    await page.getByText('The test to chat arrived.').waitFor()
    expect(told.at(-1)).toContain('test')
    status = 500
    await row.getByRole('button', { name: /^Send a test/ }).click()
    await page.getByText(/^chat: it did not arrive: .*500/).waitFor()
  }, 30_000)

  it('what is kept and the budget are changed, shown as effective, taken along, and gone back on', async () => {
    await show('settings')
    const box = page.locator('form', { has: page.getByLabel(/^Flows are kept/) })
    const days = box.getByLabel(/^Flows are kept/)
    await expect.poll(() => days.inputValue()).toBe('30')
    await days.fill('7')
    await box.getByLabel(/^The model alone raises/).fill('2')
    await box.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved, and in force. The oldest that is more goes now.').waitFor()
    const settings = async () => await (await fetch(`${program.url}/api/settings`)).json()
    expect(await settings()).toMatchObject({ history: { flowDays: 7 }, detection: { alertsPerDay: 2 } })
    const bundle = await (await fetch(`${program.url}/api/settings/bundle`)).text()
    await box.getByRole('button', { name: 'Back to the settings' }).click()
    await page.getByText('As in the settings again.').waitFor()
    expect(await settings()).toMatchObject({ history: { flowDays: 30 }, detection: { alertsPerDay: 5 } })
    const buffer = Buffer.from(bundle)
    await page.locator('input[type=file]').setInputFiles({ name: 'kept.json', mimeType: '', buffer })
    await page.getByText(/^Taken in: .* Its limits are in force\./).waitFor()
    expect(await settings()).toMatchObject({ history: { flowDays: 7 }, detection: { alertsPerDay: 2 } })
    const body = JSON.stringify({ ...JSON.parse(bundle).limits, flowDays: -1 })
    const headers = { 'content-type': 'application/json' }
    expect((await fetch(`${program.url}/api/limits`, { method: 'PUT', headers, body })).status).toBe(400)
  }, 60_000)

  it('the model shows what it knows, is trained anew and gone back on, and the journal says so', async () => {
    await show('model')
    await page.getByRole('heading', { name: 'Features' }).waitFor({ timeout: 20_000 })
    expect(await page.locator('main tbody tr').count()).toBeGreaterThan(10)
    for (const [name, sure, done] of [
      [/^Retrain/, /^Grow a new forest/, 'Trained anew.'],
      [/^Roll back/, /^Go back to/, 'Gone back.'],
    ] as const) {
      await page.getByRole('button', { name }).click()
      await page.getByRole('button', { name: sure }).click()
      await page.getByText(done).waitFor({ timeout: 20_000 })
    }
    await page.getByText(/Last gone back by/).waitFor()
    const journal = (await (await fetch(`${program.url}/api/journal`)).json()) as { kind: string }[]
    expect(journal.slice(0, 2).map(({ kind }) => kind)).toEqual(['rollback', 'retrain'])
  }, 60_000)

  it('settings are taken along and taken in: what is there stays, the rest comes back', async () => {
    const api = async <T>(path: string, init: RequestInit = {}): Promise<T> =>
      (await (await fetch(`${program.url}/api${path}`, init)).json()) as T
    const json = { 'content-type': 'application/json' }
    const match = { sources: ['10.9.0.0/16'], types: ['Port Scan'] }
    const { id } = await api<{ id: string }>('/suppressions', {
      ...{ method: 'POST', headers: json },
      body: JSON.stringify({ match, reason: 'bundle' }),
    })
    await show('settings')
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export', exact: true }).click()
    const file = await (await download).path()
    await api(`/suppressions/${id}`, { method: 'DELETE' })
    await page.locator('input[type=file]').setInputFiles(file)
    await page.getByText(/^Taken in: 1 suppression, 0 rules/).waitFor()
    await page.locator('input[type=file]').setInputFiles(file)
    await page.getByText(/^Taken in: 0 suppressions, 0 rules/).waitFor()
    const kept = await api<{ match: object; undone: number | null }[]>('/suppressions')
    expect(kept.filter((one) => one.undone === null).map((one) => one.match)).toContainEqual(match)
    await page.locator('input[type=file]').setInputFiles({ name: 'x.json', mimeType: '', buffer: Buffer.from('[1]') })
    await page.getByText('x.json was not taken in: it is no file of settings').waitFor()
  }, 60_000)
})
