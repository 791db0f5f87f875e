import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserTest, launch } from './chromium.ts'
import { type Opened, open } from './page.ts'
import { type Program, startProgram } from './program.ts'

const PAGES = ['incidents', 'hosts', 'flows', 'expected', 'rules', 'model', 'settings']

describe.skipIf(!browserTest)('the pages of the running program', () => {
  let browser: Browser
  let program: Program
  let opened: Opened
  let page: Page

  beforeAll(async () => {
    program = await startProgram(['--seed', '1', '--rate', '40', '--scenario', 'campaigns', '--classic-rules'])
    browser = await launch()
    opened = await open(browser, program.url)
    page = opened.page
    await page.locator('[data-panel=incidents] article').first().waitFor({ timeout: 90_000 })
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
  })

  const show = async (path: string): Promise<void> => {
    await page.evaluate(`location.hash = '#/${path}'`)
  }

  it('each have an address, content and a sound structure, light and dark', async () => {
    for (const theme of ['dark', 'light']) {
      for (const path of PAGES) {
        await show(path)
        await page.locator('main h2').first().waitFor()
        await page.waitForLoadState('networkidle')
        const { violations } = await new AxeBuilder({ page }).analyze()
        expect(violations.map((rule) => `${path}, ${theme}: ${rule.id} ${rule.nodes[0]?.target.join(' ')}`)).toEqual([])
      }
      await page.getByRole('button', { name: `Switch to ${theme === 'light' ? 'dark' : 'light'}` }).click()
      await page.locator(`html[data-theme=${theme === 'light' ? 'dark' : 'light'}]`).waitFor()
    }
    expect(opened.problems).toEqual([])
  }, 240_000)

  it('an incident is opened by key, acknowledged, noted, said to be expected, and taken back', async () => {
    await show('incidents')
    await page.locator('[data-entry]').first().waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    const incident = page.locator('[data-panel=incident]')
    await incident.getByRole('heading', { name: 'Why' }).waitFor()
    await incident.getByRole('button', { name: 'Acknowledge' }).click()
    await incident.getByText('acknowledged', { exact: true }).waitFor()
    await incident.getByLabel('A note').fill('seen <b>by</b> me')
    await incident.getByRole('button', { name: 'Add the note' }).click()
    await incident.getByText('seen <b>by</b> me').waitFor()
    await page.getByRole('heading', { name: 'Notes' }).click()
    await page.keyboard.press('e')
    const dialog = page.locator('dialog[open]')
    await dialog.getByText(/Would have hidden/).waitFor()
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
    await page.keyboard.press('Escape')
    await page.getByLabel('Search').fill('nosuch:1')
    await page.getByText(/no field "nosuch"/).waitFor()
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
