import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHistory } from '../../src/commands/history.ts'
import { loadConfig } from '../../src/config.ts'
import { createFeedHub } from '../../src/engine/feed.ts'
import { emptyStats } from '../../src/request.ts'
import { run } from '../../src/run.ts'
import { openAccounts } from '../../src/server/accounts.ts'
import { createServer } from '../../src/server/server.ts'
import type { KeptFlow, Page as Part } from '../../src/types/history.ts'
import {
  clientHello,
  dnsLookup,
  type Frame,
  type Host,
  httpRequest,
  httpResponse,
  merge,
  pcap,
  START,
  tcpSession,
  udpExchange,
} from '../craft/index.ts'
import { browserTest, launch } from './chromium.ts'
import { open } from './page.ts'

const SHAPES: readonly ((code: string) => string)[] = [
  (code) => `<script>${code}</script>`,
  (code) => `<img src=x onerror=${code}>`,
  (code) => `"><svg/onload=${code}>`,
  (code) => `'-${code}-'`,
  (code) => `javascript:${code}//`,
  (code) => `<iframe srcdoc="<script>${code}</script>">`,
  (code) => `{{constructor.constructor('${code}')()}}`,
  (code) => `\${${code}}`,
  (code) => `</title><script>${code}</script>`,
  (code) => `</textarea><b onmouseover=${code}>`,
  (code) => `<a href=javascript:${code}>x</a>`,
  (code) => `<details open ontoggle=${code}>`,
  (code) => `<body onload=${code}>`,
  (code) => `<math><mi xlink:href=data:x,${code}>`,
  (code) => `<style>@import 'data:,${code}'</style>`,
  (code) => `<object data=data:text/html,${code}>`,
  (code) => `<input autofocus onfocus=${code}>`,
  (code) => `<video><source onerror=${code}>`,
  (code) => `=cmd|'${code}'!A1`,
  (code) => `<!--><img src=x onerror=${code}>`,
]
const CODES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((i) => `ran=${i}`)
/** 200 of them, short enough for a DNS label. */
const PAYLOADS = SHAPES.flatMap((shape) => CODES.map((code) => shape(code).slice(0, 62)))
const CLIENT: Host = { address: '192.168.7.21' }
const SERVER: Host = { address: '198.51.100.7', mac: '02:40:c0:a8:07:01', ttl: 52 }

/** One conversation of every protocol a string is read of, with the payload in each of its strings. */
function conversations(payload: string, i: number): Frame[][] {
  const start = START + i
  const clientPort = 20_000 + i
  const ends = { client: CLIENT, server: SERVER, start, clientPort }
  const path = `/?q=${payload.replaceAll(' ', '+')}`
  return [
    dnsLookup({ client: CLIENT, resolver: SERVER, name: `${payload.replaceAll('.', '')}.example`, start, clientPort }),
    tcpSession({
      ...ends,
      port: 80,
      turns: [[httpRequest({ path, host: payload, userAgent: payload }), httpResponse()]],
    }),
    tcpSession({ ...ends, port: 443, turns: [[clientHello({ serverName: payload }), '']] }),
    tcpSession({ ...ends, port: 22, turns: [[`SSH-2.0-${payload}\r\n`, `SSH-2.0-${payload}\r\n`]] }),
    udpExchange({ ...ends, port: 69, turns: [[`\u0000\u0001${payload}\u0000octet\u0000`, '']] }),
  ]
}

describe.skipIf(!browserTest)('200 payloads as real packets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nads-wire-'))
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true })
  })

  it('run nowhere: not on any page, in no download, and are found again as text', async () => {
    expect(new Set(PAYLOADS).size).toBe(200)
    const file = join(folder, 'hostile.pcap')
    writeFileSync(file, pcap(merge(...PAYLOADS.flatMap(conversations))))
    const config = loadConfig(undefined, {})
    const clock = { now: () => START + 900, sleep: async () => {} }
    const logger = pino({ level: 'silent' })
    const hub = createFeedHub(
      { version: '0', mode: 'read hostile.pcap', detection: 'hybrid', seed: 1 },
      emptyStats(config),
    )
    const history = await openHistory(config, hub, logger, clock)
    const signal = new AbortController().signal
    const source = { name: 'read', kind: 'read', files: [file] } as const
    await run({ config, sources: [{ ...source, files: [file] }] }, { clock, signal, send: history.publish, history })
    await history.desk.settle()
    await history.store.flush()
    const { store, desk } = history
    const api = {
      store,
      desk,
      rules: null,
      models: null,
      captures: null,
      outputs: null,
      limits: null,
      settings: config,
      sources: () => [],
      now: clock.now,
    }
    const server = await createServer({ feed: hub, logger, port: 0, accounts: openAccounts(null), api })

    const seen = new Set<string>()
    let cursor: string | undefined
    do {
      const page = await store.flows([], { limit: 1_000, cursor })
      for (const flow of page.items as KeptFlow[])
        for (const text of Object.values(flow.names ?? {})) seen.add(String(text))
      cursor = (page as Part<KeptFlow>).next ?? undefined
    } while (cursor !== undefined)
    const read = [...seen].join('\n')
    expect(PAYLOADS.filter((payload) => read.includes(payload)).length).toBeGreaterThan(150)

    const incidents = await store.incidents([], 'recent', { limit: 50 })
    expect(incidents.items.length).toBeGreaterThan(0)
    const { context, page, problems, requests } = await open(browser, server.url)
    const paths = [
      '',
      '#/flows',
      '#/incidents',
      '#/hosts',
      '#/rules',
      ...incidents.items.map(({ id }) => `#/incidents/${id}`),
    ]
    for (const path of paths) {
      await page.goto(`${server.url}/${path}`)
      await page.locator('main').waitFor()
      await page.waitForTimeout(300)
      expect(await page.evaluate('window.ran')).toBeUndefined()
      expect(
        await page.locator('main :is(script, iframe, object, video, [onerror], [onload], [onfocus])').count(),
      ).toBe(0)
    }
    for (const path of [`/api/incidents/${incidents.items[0]!.id}/markdown`, '/api/docs', '/api/flows?limit=500']) {
      await page.goto(`${server.url}${path}`).catch(() => {})
      expect(await page.evaluate('window.ran')).toBeUndefined()
    }
    expect(problems.filter((problem) => /script|breach|Refused|violat/i.test(problem))).toEqual([])
    expect(requests.filter((url) => new URL(url).host !== new URL(server.url).host)).toEqual([])
    await context.close()
    await server.close()
    await history.close()
  })
})
