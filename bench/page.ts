/** The Overview in a browser under 5,000 flows a second: how busy its main thread is, and whether its memory grows. */
import { setTimeout as sleep } from 'node:timers/promises'
import { executablePath, launch } from '../test/browser/chromium.ts'
import { startFeed } from './feed-server.ts'
import { report, sized } from './measure.ts'

const FLOWS = 5_000
const SECONDS = sized(60, 6)
const LOOKS = 6

if (executablePath === null) console.log('chromium is missing (Debian package chromium)')
else await look()

async function look(): Promise<void> {
  const { told, stop } = startFeed(FLOWS)
  while (told.length < 5) await sleep(100)
  const browser = await launch()
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(`http://127.0.0.1:${told[0]!.port}/`)
  await sleep(5_000)
  await page.evaluate(`globalThis.longest = 0
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest = Math.max(longest, duration)
    }).observe({ type: 'longtask' })`)
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable')
  const busySeconds = async (): Promise<number> => {
    const { metrics } = await devtools.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'ThreadTime')!.value
  }
  const heaps: number[] = []
  let busy = 0
  let longest = 0
  for (let i = 0; i < LOOKS; i++) {
    const before = await busySeconds()
    await sleep((SECONDS * 1000) / LOOKS)
    busy += (await busySeconds()) - before
    longest = Math.max(longest, (await page.evaluate('longest')) as number)
    // The collection asked for is a long task itself, and told a little later.
    await devtools.send('HeapProfiler.collectGarbage')
    await sleep(300)
    await page.evaluate('longest = 0')
    heaps.push((await devtools.send('Runtime.getHeapUsage')).usedSize / 2 ** 20)
  }
  report('main thread of the page busy', [(100 * busy) / SECONDS], '%')
  report('its longest task (those below 50 ms are not told)', [longest], 'ms')
  report('its heap after a collection, every 10 s', heaps, 'MiB')
  report('what the heap grew by from the first to the last', [heaps.at(-1)! - heaps[0]!], 'MiB')
  await browser.close()
  await stop()
}
