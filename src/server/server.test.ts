import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect, type Socket as TcpSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Logger, pino } from 'pino'
import { io, type Socket } from 'socket.io-client'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InputError } from '../types/errors.ts'
import type { ServerEvents } from '../types/events.ts'
import { SampleFeed } from './sample-feed.case.ts'
import { SampleTraffic } from './sample-traffic.case.ts'
import { createServer, type Server, type ServerOptions } from './server.ts'

const dashboard = mkdtempSync(join(tmpdir(), 'nads-page-'))
mkdirSync(join(dashboard, 'assets'))
writeFileSync(join(dashboard, 'index.html'), '<!doctype html><title>nads</title>')
writeFileSync(join(dashboard, 'assets', 'app-1a2b.js'), 'export {}')
afterAll(() => rmSync(dashboard, { recursive: true }))

let feed: SampleFeed
let traffic: SampleTraffic
let lines: Record<string, unknown>[]
let logger: Logger
const ends: (() => unknown)[] = []

beforeEach(() => {
  feed = new SampleFeed()
  traffic = new SampleTraffic(1)
  lines = []
  logger = pino({}, { write: (line: string) => lines.push(JSON.parse(line)) })
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function start(options: Partial<ServerOptions> = {}): Promise<Server> {
  const server = await createServer({ feed, logger, port: 0, dashboard, ...options })
  ends.push(() => server.close())
  return server
}

function client(server: Server, options: object = {}): Socket<ServerEvents> {
  const socket: Socket<ServerEvents> = io(`http://127.0.0.1:${server.port}`, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    ...options,
  })
  ends.push(() => socket.close())
  return socket
}

/** Collects `count` events of one client, in the order they come. */
function events(socket: Socket<ServerEvents>, count: number): Promise<[string, unknown[]][]> {
  return new Promise((resolve) => {
    const got: [string, unknown[]][] = []
    socket.onAny((name: string, ...payload: unknown[]) => {
      got.push([name, payload])
      if (got.length === count) resolve(got)
    })
  })
}

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

function get(server: Server, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: server.port, path, headers }, (response) => {
      let body = ''
      response.on('data', (chunk) => (body += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    asked.on('error', reject).end()
  })
}

describe('over HTTP', () => {
  it('serves the page under a strict policy, its assets for ever, and nothing beside', async () => {
    const server = await start()
    const page = await get(server, '/')
    expect(page.status).toBe(200)
    const policy = page.headers['content-security-policy']
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect(page.headers['cache-control']).toBe('no-cache')
    expect(page.headers['access-control-allow-origin']).toBeUndefined()
    expect((await get(server, '/assets/app-1a2b.js')).headers['cache-control']).toContain('immutable')
    for (const path of ['/../package.json', '/%2e%2e/package.json', '/assets/..%2f..%2fpackage.json', '/nothing']) {
      expect((await get(server, path)).status).toBeGreaterThanOrEqual(400)
    }
  })

  it('refuses names that are not its own', async () => {
    const server = await start()
    expect((await get(server, '/', { host: 'evil.example' })).status).toBe(421)
    expect((await get(server, '/metrics', { host: 'evil.example' })).status).toBe(421)
    expect((await get(server, '/healthz', { host: `localhost:${server.port}` })).body).toBe('{"status":"ok"}')
  })

  it('tells Prometheus what was judged and what was lost', async () => {
    feed.sources.push({
      ...{ name: 'lan', kind: 'watch', state: 'retrying', detail: 'the interface is gone' },
      ...{ flows: 2, packets: 30, bytes: 4000, dropped: { kernel: 5, queue: 0 }, loss: { share: 0, seconds: 0 } },
      ...{ gaps: [{ from: 10, to: null, reason: 'the interface is gone' }], gapCount: 1 },
    })
    feed.counters.push({ name: 'decode.truncated', value: 7 }, { name: 'rules.groups', value: 3 })
    const server = await start()
    const attack = traffic.attack(1, 1)
    feed.judge([traffic.normal(1), attack])
    feed.open(traffic.incident([attack], 'high'))
    feed.open(traffic.incident([attack, attack], 'high'))
    const { body } = await get(server, '/metrics')
    expect(body).toContain('nads_flows_total{source="lan"} 2')
    expect(body).toContain('nads_packets_total{source="lan"} 30')
    expect(body).toContain('nads_source_dropped_total{source="lan",by="kernel"} 5')
    expect(body).toContain('nads_source_gaps_total{source="lan"} 1')
    expect(body).toContain('nads_source_up{source="lan"} 0')
    expect(body).toContain('nads_anomalies_total{method="Rule"} 1')
    expect(body).toContain('nads_alerts_total{severity="high",detector="rules"} 1')
    expect(body).toContain('nads_dropped_total{stage="decode",reason="truncated"} 7')
    expect(body).toContain('nads_stage_count{stage="rules",name="groups"} 3')
    // What is over, as an emergency of the flow table, is told of no more.
    feed.counters.pop()
    const later = (await get(server, '/metrics')).body
    expect(later).toContain('nads_flows_total{source="lan"} 2')
    expect(later).toContain('nads_stage_count{stage="rules",name="groups"} 0')
  })
})

describe('to a page', () => {
  it('sends everything on connect, then every flow', async () => {
    const attack = traffic.attack(1)
    feed.judge([attack, traffic.normal(1), traffic.normal(2)])
    feed.open(traffic.incident([attack], 'high'))
    const server = await start()
    const socket = client(server)
    const welcome = await events(socket, 5)
    expect(welcome.map(([name]) => name)).toEqual(['about', 'new_packet', 'packets', 'incidents', 'timeline'])
    expect(welcome[1]![1]).toMatchObject([{ packet: null, stats: { totalPackets: 3 }, anomalies: [{ id: attack.id }] }])
    expect(welcome[2]![1]).toMatchObject([{ packets: [{ id: 1 }, { id: 2 }, { id: 3 }], skipped: 0 }])

    const next = new Promise((resolve) => socket.once('new_packet', resolve))
    feed.judge([traffic.normal(3)])
    expect(await next).toMatchObject({ packet: { id: 4 }, stats: { totalPackets: 4 } })
    expect(lines.map((line) => line.msg)).toContain('Client connected')
  })

  it('passes on losses only, not what stages merely count', async () => {
    feed.counters.push({ name: 'flows.evicted', value: 2 }, { name: 'rules.groups', value: 9 })
    const welcome = await events(client(await start()), 5)
    expect(welcome[1]![1]).toMatchObject([{ stats: { counters: [{ name: 'flows.evicted', value: 2 }] } }])
  })

  it.each([
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { host: 'evil.example' },
    { host: 'evil.example', origin: 'http://evil.example' },
  ])('refuses to connect with %o', async (extraHeaders) => {
    const server = await start()
    const socket = client(server, { extraHeaders })
    await new Promise((resolve, reject) => {
      socket.on('connect_error', resolve)
      socket.on('connect', () => reject(new Error('connected')))
    })
    expect(server.clients).toBe(0)
  })

  it('does not take long polling or long messages', async () => {
    const server = await start()
    expect((await get(server, '/socket.io/?EIO=4&transport=polling')).status).toBe(400)
    const socket = client(server)
    await events(socket, 5)
    const ended = new Promise((resolve) => socket.on('disconnect', resolve))
    socket.io.engine.write(`42["x","${'y'.repeat(10_000)}"]`)
    await ended
    await expect.poll(() => server.clients).toBe(0)
  })
})

describe('a client that does not read', () => {
  /** Upgrades to a WebSocket, joins, and then reads nothing. */
  function stalled(server: Server): TcpSocket {
    const socket = connect(server.port, '127.0.0.1')
    ends.push(() => socket.destroy())
    const handshake = [
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
      `Host: 127.0.0.1:${server.port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ]
    socket.write(`${handshake.join('\r\n')}\r\n\r\n`)
    // The text frame "40" (join), masked with zeros.
    socket.once('data', () => socket.pause().write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x34, 0x30])))
    socket.on('error', () => {})
    return socket
  }

  it('is sent no more and then cut, while others go on', async () => {
    const server = await start({ patience: 1 })
    const reader = client(server)
    await events(reader, 5)
    stalled(server)
    await expect.poll(() => server.clients).toBe(2)
    let told: unknown
    reader.on('stats', (stats) => {
      told = stats.counters
    })
    const long = 'x'.repeat(2000)
    for (let tick = 0; tick < 400 && server.clients === 2; tick++) {
      feed.judge(Array.from({ length: 200 }, () => ({ ...traffic.attack(1), type: long })))
      feed.tick(1)
      await sleep(20)
    }
    expect(server.clients).toBe(1)
    expect(lines.map((line) => line.msg)).toEqual(
      expect.arrayContaining(['client does not keep up, updates held back', 'client cut, it does not read']),
    )
    feed.tick(2)
    await expect.poll(() => told).toContainEqual({ name: 'server.cut_client', value: 1 })
    expect(reader.connected).toBe(true)
  })
})

describe('what a person got wrong', () => {
  it('a port in use is one clear line', async () => {
    const { port } = await start()
    const second = createServer({ feed, logger, port, dashboard })
    await expect(second).rejects.toThrow(InputError)
    await expect(second).rejects.toThrow(`port ${port} is in use: stop the other program or choose another with --port`)
  })

  it('an address of another machine is one clear line', async () => {
    await expect(start({ host: '192.0.2.1' })).rejects.toThrow(/^192\.0\.2\.1 is not an address of this machine/)
  })

  it('a page that was not built is one clear line', async () => {
    await expect(start({ dashboard: join(dashboard, 'nowhere') })).rejects.toThrow('run `npm run build`')
  })

  it('frees its port when closed, and can start there again', async () => {
    const first = await createServer({ feed, logger, port: 0, dashboard })
    await events(client(first), 5)
    await first.close()
    expect((await start({ port: first.port })).port).toBe(first.port)
  })
})
