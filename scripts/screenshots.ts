// Takes the screenshots that docs and README show, of every page of the running program: `npm run screenshots -- [FOLDER]`.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { launch } from '../test/browser/chromium.ts'
import { open } from '../test/browser/page.ts'
import { type Program, startProgram } from '../test/browser/program.ts'

const folder = resolve(process.argv[2] ?? 'docs/screenshots')
mkdirSync(dirname(folder), { recursive: true })
/** Beside it, until all are there: what was taken before stays when one fails. */
const fresh = mkdtempSync(`${folder}-`)
/** Seconds of traffic before the pictures, after the first incident. */
const SETTLE = Number(process.env.SETTLE ?? 150)
const CAPTURE = resolve(import.meta.dirname, '../test/golden/ssh-guessing/input.pcap')
/** Of WebP: text stays sharp, and all pictures together stay below 4 MB. */
const QUALITY = 55

const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
]
const THEMES = ['dark', 'light'] as const

const get = async <T>(path: string): Promise<T> => (await (await fetch(`${program.url}/api${path}`)).json()) as T

/** Every page with its address; what is in it is found out once there is something. */
async function pagesOf(): Promise<Record<string, string>> {
  const [incident] = (await get<{ items: { id: string; sources: string[] }[] }>('/incidents?order=severe&limit=1'))
    .items
  const [capture] = (await get<{ items: { id: string }[] }>('/captures')).items
  return {
    overview: '',
    incidents: 'incidents',
    incident: `incidents/${incident?.id}`,
    hosts: 'hosts',
    host: `hosts/${encodeURIComponent(incident?.sources[0] ?? '')}`,
    flows: 'flows',
    expected: 'expected',
    captures: 'captures',
    capture: `captures/${capture?.id}`,
    rules: 'rules',
    rule: 'rules/tcp-port-scan',
    'rule-new': 'rules/New',
    model: 'model',
    settings: 'settings',
  }
}

/** One session for all pictures of a page: to make and end one for each fails now and then. */
async function shoot(session: CDPSession, name: string): Promise<void> {
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY })
  writeFileSync(join(fresh, `${name}.webp`), Buffer.from(data, 'base64'))
}

/** What the page shows has come: nothing is asked for any more, and fonts and charts are drawn. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle')
  await page.evaluate('document.fonts.ready.then(() => 0)')
  await sleep(1_200)
}

async function tooWide(page: Page, what: string): Promise<void> {
  const wide = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'))
  if (wide > 0) process.stdout.write(`${what}: ${wide} px too wide\n`)
}

/** The page for who has not signed in, of a program that has a user. */
async function signIn(browser: Browser): Promise<void> {
  const guarded = await startProgram(['--rate', '1', '--scenario', 'quiet'])
  try {
    const body = JSON.stringify({ role: 'admin', password: 'a long password' })
    await fetch(`${guarded.url}/api/users/ann`, {
      ...{ method: 'PUT', headers: { 'content-type': 'application/json' } },
      body,
    })
    for (const colorScheme of THEMES) {
      for (const viewport of SIZES) {
        const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' })
        const page = await context.newPage()
        await page.goto(guarded.url)
        await page.getByLabel('Password').waitFor()
        await settled(page)
        await shoot(await context.newCDPSession(page), `sign-in-${viewport.width}-${colorScheme}`)
        await context.close()
      }
    }
  } finally {
    await guarded.stop()
  }
}

async function prepare(): Promise<void> {
  const headers = { 'content-type': 'application/octet-stream' }
  await fetch(`${program.url}/api/captures?name=ssh-guessing.pcap`, {
    ...{ method: 'POST', headers },
    body: readFileSync(CAPTURE),
  })
  const draft = { match: { types: ['Port Scan'], sources: ['192.168.1.250'] }, reason: 'the scanner of the office' }
  await fetch(`${program.url}/api/suppressions`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify(draft),
  })
}

const program: Program = await startProgram(['--seed', '1', '--rate', '20', '--no-classic-rules'])
const browser = await launch()
try {
  const { page, context } = await open(browser, program.url)
  await page.locator('[data-panel=incidents] article').first().waitFor({ timeout: 240_000 })
  await prepare()
  await sleep(SETTLE * 1000)
  const pages = Object.entries(await pagesOf())
  const session = await context.newCDPSession(page)
  for (const theme of THEMES) {
    const other = page.getByRole('button', { name: `Switch to ${theme}` })
    if ((await other.count()) > 0) await other.click()
    for (const { width, height } of SIZES) {
      await page.setViewportSize({ width, height })
      for (const [name, path] of pages) {
        await page.evaluate(`location.hash = '#/${path}'`)
        await settled(page)
        await shoot(session, `${name}-${width}-${theme}`)
        await tooWide(page, `${name} at ${width}`)
      }
    }
  }
  await signIn(browser)
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(folder)) if (/\.(png|webp)$/.test(name)) rmSync(join(folder, name))
  for (const name of readdirSync(fresh)) renameSync(join(fresh, name), join(folder, name))
} finally {
  rmSync(fresh, { recursive: true, force: true })
  await browser.close()
  await program.stop()
}
