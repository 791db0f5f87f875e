import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SampleFeed } from '../../src/server/sample-feed.case.ts'
import { SampleTraffic } from '../../src/server/sample-traffic.case.ts'
import { LEVELS } from '../../src/types/verdict.ts'
import { browserTest, launch } from './chromium.ts'
import { open, serve, violations } from './page.ts'

const now = Date.now() / 1000

function busy(): SampleFeed {
  const feed = new SampleFeed()
  const traffic = new SampleTraffic(3)
  for (let second = 40; second > 0; second -= 2) feed.judge([traffic.normal(now - second)])
  LEVELS.forEach((level, kind) => {
    const flows = Array.from({ length: 2 }, () => traffic.attack(now - 60 * kind, kind))
    feed.judge(flows)
    feed.open(traffic.incident(flows, level))
  })
  feed.counters.push({ name: 'decode.truncated', value: 12 })
  feed.tick(now)
  return feed
}

function learning(): SampleFeed {
  const feed = new SampleFeed()
  feed.judge([new SampleTraffic(1).normal(now)])
  return feed
}

const STATES = [
  ['busy', busy],
  ['learning', learning],
  ['empty', () => new SampleFeed()],
] as const

describe.skipIf(!browserTest)('the page is sound', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await launch()
  }, 60_000)
  afterAll(() => browser?.close())

  describe.each(STATES)('%s', (_name, feed) => {
    it.each([1440, 390])('to axe at %i px', async (width) => {
      const server = await serve(feed())
      const { context, page, problems } = await open(browser, server.url, width)
      expect(await violations(page)).toEqual([])
      expect(problems).toEqual([])
      await context.close()
      await server.close()
    })
  })

  it('to axe while the server is lost', async () => {
    const server = await serve(learning())
    const { context, page } = await open(browser, server.url)
    await server.close()
    await page.locator('[data-connection=lost]').waitFor()
    expect(await violations(page)).toEqual([])
    await context.close()
  })

  it.each(['reduce', 'no-preference'] as const)('moving only for who likes that: %s', async (reducedMotion) => {
    const feed = busy()
    const server = await serve(feed)
    const context = await browser.newContext({ reducedMotion })
    const page = await context.newPage()
    await page.addInitScript(`globalThis.moved = new Set()
      for (const kind of ['animationstart', 'transitionrun'])
        addEventListener(kind, ({ target }) => moved.add(target.tagName.toLowerCase()), true)`)
    await page.goto(server.url)
    await page.locator('[data-panel=anomalies] article').first().waitFor()
    const entries = await page.locator('[data-panel=anomalies] article').count()
    const traffic = new SampleTraffic(9)
    feed.judge([traffic.normal(now), traffic.attack(now, 0)])
    await expect.poll(() => page.locator('[data-panel=anomalies] article').count()).toBe(entries + 1)
    await page.getByRole('button', { name: /^Switch to/ }).click()
    await page.getByRole('button', { name: 'Pause' }).hover()
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
    const moved = await page.evaluate('[...moved].sort()')
    expect(moved).toEqual(reducedMotion === 'reduce' ? [] : expect.arrayContaining(['article', 'tr']))
    await context.close()
    await server.close()
  })

  it('without scrolling sideways at any width', async () => {
    const server = await serve(busy())
    const { context, page } = await open(browser, server.url)
    await page.locator('[data-panel=anomalies] article').first().waitFor()
    for (const width of [390, 480, 719, 720, 1024, 1279, 1280, 1440, 2000, 2560]) {
      await page.setViewportSize({ width, height: 900 })
      await page
        .locator(width < 720 ? '[data-panel=traffic] li' : '[data-panel=traffic] table')
        .first()
        .waitFor()
      const [inner, scroll] = (await page.evaluate('[innerWidth, document.documentElement.scrollWidth]')) as number[]
      expect([inner, scroll]).toEqual([width, width])
    }
    await context.close()
    await server.close()
  })

  it('asks nobody but its server, and has its first load in 150 KB', async () => {
    const server = await serve(busy())
    const context = await browser.newContext()
    const page = await context.newPage()
    const sizes: Promise<number>[] = []
    const hosts = new Set<string>()
    page.on('request', (request) => hosts.add(new URL(request.url()).host))
    page.on('websocket', (socket) => hosts.add(new URL(socket.url()).host))
    page.on('requestfinished', (request) => sizes.push(request.sizes().then((size) => size.responseBodySize)))
    await page.goto(server.url, { waitUntil: 'networkidle' })
    await page.locator('[data-connection=live]').waitFor()
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    expect([...hosts]).toEqual([new URL(server.url).host])
    expect(bytes).toBeGreaterThan(50_000)
    expect(bytes).toBeLessThan(150_000)
    expect(await page.evaluate(`document.fonts.check('13px "Inter Variable"')`)).toBe(true)
    await context.close()
    await server.close()
  })

  it('with the keyboard alone', async () => {
    const server = await serve(busy())
    const { context, page } = await open(browser, server.url)
    await page.locator('[data-panel=traffic] tbody tr').first().waitFor()
    const reached: string[] = []
    for (let press = 0; press < 24; press++) {
      await page.keyboard.press('Tab')
      reached.push(
        await page.evaluate(`document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText`),
      )
    }
    expect(reached.map((name) => name.trim().split('\n')[0])).toEqual(
      expect.arrayContaining(['Incidents', 'Recent anomalies', 'Pause', 'Live traffic']),
    )
    await page.getByRole('button', { name: 'Pause' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Resume' }).waitFor()
    await context.close()
    await server.close()
  })
})
