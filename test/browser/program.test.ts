import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserTest, launch } from './chromium.ts'
import { figure, open } from './page.ts'
import { type Program, startProgram } from './program.ts'

describe.skipIf(!browserTest)('nads start in a browser', () => {
  let browser: Browser
  let program: Program

  beforeAll(async () => {
    browser = await launch()
    program = await startProgram(['--rate', '10', '--seed', '1'])
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
  })

  it('shows live traffic judged, the model learning and then active, and an attack explained; and survives a restart', async () => {
    const { context, page, problems, requests } = await open(browser, program.url)
    await expect.poll(() => figure(page, 'total'), { timeout: 15_000 }).toBeGreaterThan(5)
    const before = await figure(page, 'total')
    await expect.poll(() => figure(page, 'total'), { timeout: 15_000 }).toBeGreaterThan(before)
    await page.locator('[data-tile=model]').getByText('Active').waitFor()
    expect(await page.locator('[data-panel=traffic] tbody tr').count()).toBeGreaterThan(0)

    const anomaly = page.locator('[data-panel=anomalies] article').first()
    await anomaly.waitFor({ timeout: 90_000 })
    expect(await anomaly.textContent()).toMatch(/Rule|ML|Hybrid/)
    expect((await anomaly.locator('li').first().textContent())?.trim().length).toBeGreaterThan(10)
    await page.locator('[data-panel=incidents] article').first().waitFor({ timeout: 60_000 })

    expect(problems).toEqual([])
    expect(requests.filter((url) => new URL(url).host !== new URL(program.url).host)).toEqual([])
    expect(program.output()).toContain(`http://localhost:${program.port}`)
    expect(program.output()).toContain('Client connected')

    expect(await program.stop()).toBe(0)
    await page.locator('[data-connection=lost]').waitFor()
    program = await startProgram(['--rate', '10', '--seed', '1'], program.port)
    await page.locator('[data-connection=live]').waitFor()
    await expect.poll(() => figure(page, 'total'), { timeout: 15_000 }).toBeGreaterThan(0)
    await context.close()
  }, 180_000)
})
