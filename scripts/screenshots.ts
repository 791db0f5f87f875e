// Takes the screenshots that docs and README show, of every page of the running program: `npm run screenshots -- [FOLDER]`.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { launch } from '../test/browser/chromium.ts'
import { open } from '../test/browser/page.ts'
import { type Program, startProgram } from '../test/browser/program.ts'

const folder = process.argv[2] ?? 'docs/screenshots'
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
    model: 'model',
    settings: 'settings',
  }
}

async function shoot(page: Page, name: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY })
  writeFileSync(join(folder, `${name}.webp`), Buffer.from(data, 'base64'))
  await session.detach()
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

mkdirSync(folder, { recursive: true })
for (const name of readdirSync(folder)) if (/\.(png|webp)$/.test(name)) rmSync(join(folder, name))
const program: Program = await startProgram(['--seed', '1', '--rate', '20', '--no-classic-rules'])
const browser = await launch()
try {
  const { page } = await open(browser, program.url)
  await page.locator('[data-panel=incidents] article').first().waitFor({ timeout: 240_000 })
  await prepare()
  await sleep(SETTLE * 1000)
  const pages = Object.entries(await pagesOf())
  for (const theme of THEMES) {
    const other = page.getByRole('button', { name: `Switch to ${theme}` })
    if ((await other.count()) > 0) await other.click()
    for (const { width, height } of SIZES) {
      await page.setViewportSize({ width, height })
      for (const [name, path] of pages) {
        await page.evaluate(`location.hash = '#/${path}'`)
        await sleep(1_200)
        await shoot(page, `${name}-${width}-${theme}`)
        const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
        if (Number(wide) > 0) process.stdout.write(`${name} at ${width}: ${wide} px too wide\n`)
      }
    }
  }
} finally {
  await browser.close()
  await program.stop()
}
