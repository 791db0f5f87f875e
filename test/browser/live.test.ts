import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SampleFeed } from '../../src/server/sample-feed.case.ts'
import { SampleTraffic } from '../../src/server/sample-traffic.case.ts'
import type { Server } from '../../src/server/server.ts'
import { browserTest, launch } from './chromium.ts'
import { figure, type Opened, open, serve } from './page.ts'

describe.skipIf(!browserTest)('the page', () => {
  let browser: Browser
  let feed: SampleFeed
  let traffic: SampleTraffic
  let server: Server
  let opened: Opened
  const now = Date.now() / 1000

  beforeAll(async () => {
    browser = await launch()
  }, 60_000)
  afterAll(() => browser?.close())
  beforeEach(async () => {
    feed = new SampleFeed()
    traffic = new SampleTraffic(1)
    server = await serve(feed)
    opened = await open(browser, server.url)
  })
  afterEach(async () => {
    await opened.context.close()
    await server.close()
  })

  it('says what it waits for, then shows counters moving and the model learning until it is active', async () => {
    const { page } = opened
    const traffic1 = page.locator('[data-panel=traffic]')
    await traffic1.getByText('Waiting for the first flow').waitFor()
    for (let i = 0; i < 7; i++) feed.judge([traffic.normal(now)])
    await expect.poll(() => figure(page, 'total')).toBe(7)
    expect(await figure(page, 'normal')).toBe(7)
    await page.getByText('learning 7 of 20').waitFor()
    expect(await page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('7')
    expect(await traffic1.locator('tbody tr').count()).toBe(7)
    feed.judge(Array.from({ length: 13 }, () => traffic.normal(now)))
    await page.locator('[data-tile=model]').getByText('Active').waitFor()
    await expect.poll(() => figure(page, 'total')).toBe(20)
  })

  it('shows an anomaly arrive, with its reasons in words', async () => {
    const { page } = opened
    const attack = { ...traffic.attack(now, 0), confidence: 0.964, ruleScore: 0.95, mlScore: 0.72 }
    feed.judge([traffic.normal(now), attack])
    const entry = page.locator('[data-panel=anomalies] article')
    await entry.waitFor()
    const text = await entry.textContent()
    for (const part of ['DDoS', 'Hybrid', '96 %', '0.95', '0.72', '203.0.113.77', '192.168.1.5', ':80', 'TCP']) {
      expect(text).toContain(part)
    }
    expect(text).toContain('6,412 packets in one flow, more than the 800 allowed')
    expect(text).toContain('1,603 packets a second, usually 0.4 to 62')
    expect(text).toMatch(/\d\d:\d\d:\d\d/)
    expect(await figure(page, 'anomalies')).toBe(1)
    expect(await page.locator('[data-tile=threat]').textContent()).toContain('50 % of traffic is anomalous')
    expect(await page.locator('[data-tile=threat]').textContent()).toContain('Critical')
    expect(await page.locator('[data-tile=detections]').textContent()).toMatch(/0\s*Rule\s*0\s*ML\s*1\s*Hybrid/)
  })

  it('shows an incident, keeps it up to date, and tells what to do on demand', async () => {
    const { page } = opened
    const flows = Array.from({ length: 3 }, () => traffic.attack(now, 0))
    feed.open(traffic.incident(flows.slice(0, 1), 'high'))
    const entry = page.locator('[data-panel=incidents] article')
    await entry.getByText('1 flow').waitFor()
    feed.open(traffic.incident(flows, 'critical'))
    await entry.getByText('3 flows').waitFor()
    expect(await entry.count()).toBe(1)
    expect(await entry.textContent()).toContain('Critical')
    await entry.getByRole('button').click()
    await entry.getByText('1,603 packets a second').waitFor()
    await page.locator('[data-tile=threat]').getByText('worst incident in an hour: critical').waitFor()
    await entry.getByText('Ask who runs this host').waitFor()
  })

  it('shows every anomaly under load, samples the rest, and counts all', async () => {
    const { page, problems } = opened
    for (let second = 0; second < 8; second++) {
      const attacks = Array.from({ length: 5 }, () => traffic.attack(now, 2))
      feed.judge([...Array.from({ length: 500 }, () => traffic.normal(now)), ...attacks])
      feed.tick(now)
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
    await expect.poll(() => figure(page, 'total')).toBe(8 * 505)
    await expect.poll(() => page.locator('[data-panel=anomalies] article').count()).toBe(40)
    expect(await page.locator('[data-panel=traffic] tbody tr').count()).toBeLessThanOrEqual(100)
    expect(problems).toEqual([])
  })

  it('holds the table still while paused, and says what came in the meantime', async () => {
    const { page } = opened
    const panel = page.locator('[data-panel=traffic]')
    feed.judge([traffic.normal(now)])
    await panel.locator('tbody tr').waitFor()
    await panel.getByRole('button', { name: 'Pause' }).click()
    for (let i = 0; i < 3; i++) feed.judge([traffic.normal(now)])
    await panel.getByText('paused, 3 new').waitFor()
    expect(await panel.locator('tbody tr').count()).toBe(1)
    await panel.getByRole('button', { name: 'Resume' }).click()
    await expect.poll(() => panel.locator('tbody tr').count()).toBe(4)
  })

  it('shows what was lost only when something was', async () => {
    const { page } = opened
    expect(await page.locator('[data-panel=losses]').count()).toBe(0)
    feed.counters.push({ name: 'decode.bad-checksum', value: 1204 })
    feed.tick(now)
    const losses = page.locator('[data-panel=losses]')
    await losses.waitFor()
    expect(await losses.textContent()).toContain('decode: bad checksum 1,204')
  })

  it('says when the server is lost, and is right again when it is back', async () => {
    const { page } = opened
    for (let i = 0; i < 5; i++) feed.judge([traffic.attack(now, 0)])
    await expect.poll(() => figure(page, 'anomalies')).toBe(5)
    await server.close()
    await page.locator('[data-connection=lost]').waitFor()
    await page.getByRole('status').getByText('Connection to nads lost.').waitFor()

    feed = new SampleFeed()
    traffic = new SampleTraffic(2)
    const attack = traffic.attack(now, 3)
    feed.judge([traffic.normal(now), attack])
    feed.open(traffic.incident([attack], 'medium'))
    server = await serve(feed, server.port)
    await page.locator('[data-connection=live]').waitFor()
    await page.getByText('Connected again.').waitFor()
    await expect.poll(() => figure(page, 'total')).toBe(2)
    expect(await figure(page, 'anomalies')).toBe(1)
    expect(await page.locator('[data-panel=anomalies] article').allTextContents()).toEqual([
      expect.stringContaining('Data Exfiltration'),
    ])
    expect(await page.locator('[data-panel=incidents] article').count()).toBe(1)
    expect(await page.locator('[data-panel=traffic] tbody tr').count()).toBe(2)
    feed.judge([traffic.normal(now)])
    await expect.poll(() => figure(page, 'total')).toBe(3)
  })
})
