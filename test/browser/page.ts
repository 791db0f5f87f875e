import { AxeBuilder } from '@axe-core/playwright'
import { pino } from 'pino'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { SampleFeed } from '../../src/server/sample-feed.case.ts'
import { createServer, type Server } from '../../src/server/server.ts'

/** A server of `feed` on a free port of this machine, or on `port`. `NADS_DASHBOARD`: a page built elsewhere than in dist. */
export function serve(feed: SampleFeed, port = 0): Promise<Server> {
  const built = process.env.NADS_DASHBOARD
  return createServer({ feed, logger: pino({ level: 'silent' }), port, ...(built ? { dashboard: built } : {}) })
}

export interface Opened {
  context: BrowserContext
  page: Page
  /** What went wrong in the page: errors on its console, exceptions, breaches of its content security policy. */
  problems: string[]
  /** Every address the page asked for. */
  requests: string[]
}

/** Opens the page in a fresh context and waits until it is connected. */
export async function open(browser: Browser, url: string, width = 1440, height = 900): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' })
  const page = await context.newPage()
  const problems: string[] = []
  const requests: string[] = []
  page.on('console', (message) => {
    // A feed served alone has no API to ask: the browser says so of each question.
    if (message.location().url.includes('/api/') && message.text().includes('404')) return
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text())
  })
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('request', (request) => requests.push(request.url()))
  page.on('websocket', (socket) => requests.push(socket.url()))
  await page.exposeFunction('breach', (text: string) => problems.push(text))
  await page.addInitScript(`addEventListener('securitypolicyviolation', (event) =>
    breach(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample))`)
  await page.goto(url)
  await page.locator('[data-connection=live]').waitFor()
  return { context, page, problems, requests }
}

/** Rules of WCAG that axe found broken, of all or of these, with where. */
export async function violations(page: Page, rules?: string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page })
  const { violations: found } = await (rules === undefined ? axe : axe.withRules(rules)).analyze()
  return found.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.target.join(' ')).join(', ')}`)
}

/** The figure of a tile, as a number. */
export async function figure(page: Page, tile: string): Promise<number> {
  const text = await page.locator(`[data-tile=${tile}] .value`).textContent()
  return Number(text?.replaceAll(',', ''))
}
