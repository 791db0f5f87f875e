// Takes the screenshots the README shows, from the running program: `npm run screenshots -- [FOLDER]`.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { launch } from '../test/browser/chromium.ts'
import { open } from '../test/browser/page.ts'
import { type Program, startProgram } from '../test/browser/program.ts'

const folder = process.argv[2] ?? 'docs/screenshots'
/** Seconds of traffic before the picture, after the first incident. */
const SETTLE = 60

const SIZES = [
  { name: 'overview-1440', width: 1440, height: 900 },
  { name: 'overview-390', width: 390, height: 844 },
]

mkdirSync(folder, { recursive: true })
const program: Program = await startProgram(['--seed', '1', '--rate', '3'])
const browser = await launch()
try {
  const { page } = await open(browser, program.url)
  await page.screenshot({ path: join(folder, 'learning-1440.png') })
  await page.locator('[data-panel=incidents] article').first().waitFor({ timeout: 240_000 })
  await sleep(SETTLE * 1000)
  for (const { name, width, height } of SIZES) {
    await page.setViewportSize({ width, height })
    await sleep(1000)
    await page.screenshot({ path: join(folder, `${name}.png`) })
  }
} finally {
  await browser.close()
  await program.stop()
}
