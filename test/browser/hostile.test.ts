import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SampleFeed } from '../../src/server/sample-feed.case.ts'
import { SampleTraffic } from '../../src/server/sample-traffic.case.ts'
import type { PacketView } from '../../src/types/events.ts'
import type { Incident } from '../../src/types/incident.ts'
import { browserTest, launch } from './chromium.ts'
import { open, serve } from './page.ts'

const PAYLOADS = [
  '<img src=x onerror="window.ran=1">',
  '<script>window.ran=1</script>',
  '"><svg/onload=window.ran=1>',
  "javascript:window.ran=1//'",
  '{{constructor.constructor("window.ran=1")()}}',
  `\${window.ran=1}`,
  '</title><iframe srcdoc="<script>parent.ran=1</script>">',
  'a\u0000b\u2028c\ud800d\u202e',
  'x'.repeat(2000),
]

/** A flow and an incident with `text` wherever a string goes. */
function poisoned(traffic: SampleTraffic, text: string): { packet: PacketView; incident: Incident } {
  const reasons = [0, 1].map(() => ({
    detector: text,
    rule: text,
    text,
    feature: text,
    observed: text,
    expected: text,
    share: 0.5,
  }))
  const packet = {
    ...traffic.attack(Date.now() / 1000, 0),
    source: text,
    destination: text,
    protocol: text,
    type: text,
    reasons,
  }
  const incident = {
    ...traffic.incident([packet], 'high'),
    id: text,
    type: text,
    title: text,
    attack: [text],
    response: text,
  }
  return { packet, incident }
}

describe.skipIf(!browserTest)('strings from the wire', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await launch()
  }, 60_000)
  afterAll(() => browser?.close())

  it.each([1440, 390])('are text, whatever they say, and stay in their place, at %i px', async (width) => {
    const feed = new SampleFeed()
    const traffic = new SampleTraffic(1)
    const first = poisoned(traffic, PAYLOADS[0]!)
    feed.judge([first.packet])
    feed.open(first.incident)
    const server = await serve(feed)
    const { context, page, problems, requests } = await open(browser, server.url, width)
    for (const payload of PAYLOADS.slice(1)) {
      const { packet, incident } = poisoned(traffic, payload)
      feed.judge([packet])
      feed.open(incident)
      feed.counters.push({ name: `decode.${payload}`, value: 1 })
    }
    feed.tick(Date.now() / 1000)
    const more = page.getByRole('button', { name: /^Show/ })
    await page.locator('[data-panel=losses] li').nth(7).waitFor()
    while ((await more.count()) > 0) await more.first().click()
    const closed = page.locator('[data-panel=incidents] button[aria-expanded=false]')
    while ((await closed.count()) > 0) await closed.first().click()
    await expect.poll(() => page.locator('[data-panel=anomalies] article').count()).toBe(PAYLOADS.length)
    const text = await page.locator('main').textContent()
    for (const payload of PAYLOADS.slice(0, 7)) expect(text).toContain(payload)
    expect(await page.evaluate('window.ran')).toBeUndefined()
    expect(await page.locator('main :is(img, script, iframe, a)').count()).toBe(0)
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0)
    expect(
      await page.evaluate(
        `[...document.querySelectorAll('article')].filter((entry) => entry.scrollWidth > entry.clientWidth).length`,
      ),
    ).toBe(0)
    expect(problems).toEqual([])
    expect(requests.filter((url) => new URL(url).host !== new URL(server.url).host)).toEqual([])
    await context.close()
    await server.close()
  })
})

it('the page has no way of making HTML of a string', () => {
  const folder = resolve(import.meta.dirname, '../../dashboard/src')
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(ts|svelte)$/.test(name),
  )
  const ways = /\{@html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc|\beval\(|new Function/
  expect(sources.length).toBeGreaterThan(20)
  expect(sources.filter((name) => ways.test(readFileSync(join(folder, name), 'utf8')))).toEqual([])
})
