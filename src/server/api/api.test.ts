import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { io } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDesk } from '../../incidents/desk.ts'
import { createRandom } from '../../math/random.ts'
import { openDuckdb } from '../../store/duckdb/store.ts'
import { sampleBatch, sampleIncident } from '../../store/sample.case.ts'
import type { Store } from '../../store/store.ts'
import type { KeptFlow, KeptIncident, Page } from '../../types/history.ts'
import { ROUTES, SOCKET_EVENTS } from '../access.ts'
import { type Accounts, openAccounts } from '../accounts.ts'
import { SampleFeed } from '../sample-feed.case.ts'
import { createServer, type Server } from '../server.ts'

const NOW = 1_700_100_000
const folder = mkdtempSync(join(tmpdir(), 'nads-api-'))
const dashboard = join(folder, 'page')
mkdirSync(dashboard)
writeFileSync(join(dashboard, 'index.html'), '<!doctype html><title>nads</title>')

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
  json: <T = Record<string, unknown>>() => T
}

let store: Store
let now = NOW

async function start(accounts: Accounts, host = '127.0.0.1'): Promise<Server> {
  const desk = await createDesk({ store, now: () => now, onKept: () => {} })
  const api = {
    store,
    desk,
    rules: null,
    models: null,
    captures: null,
    outputs: null,
    limits: null,
    settings: { seed: 1 },
    sources: () => [],
    now: () => now,
  }
  return createServer({
    feed: new SampleFeed(),
    logger: pino({ level: 'silent' }),
    port: 0,
    host,
    dashboard,
    accounts,
    api,
  })
}

function ask(
  server: Server,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const content = body === undefined ? {} : { 'content-type': 'application/json' }
    const asked = request(
      { host: '127.0.0.1', port: server.port, method, path, agent: false, headers: { ...content, ...headers } },
      (response) => {
        let text = ''
        response.on('data', (chunk) => (text += chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: text,
            json: () => JSON.parse(text),
          }),
        )
      },
    )
    asked.on('error', reject)
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

const connects = (server: Server, extraHeaders: Record<string, string>): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = io(`http://127.0.0.1:${server.port}`, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      extraHeaders,
    })
    const done = (connected: boolean) => () => {
      socket.close()
      resolve(connected)
    }
    socket.on('connect', done(true)).on('connect_error', done(false))
  })

beforeAll(async () => {
  store = await openDuckdb({ folder: null, stamp: 's', warn: () => {} })
  const random = createRandom(1)
  await store.putIncidents(
    Array.from({ length: 30 }, (_, i) => sampleIncident(random, i + 1, NOW - 3_600 + i)),
    () => null,
  )
  store.putFlows(sampleBatch(1, 120, NOW - 3_600))
  await store.flush()
})
afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

describe('the API on this machine, before anybody has a password', () => {
  let server: Server
  beforeAll(async () => {
    server = await start(openAccounts(null))
  })
  afterAll(() => server.close())
  const get = (path: string) => ask(server, 'GET', path)

  it('lists and searches incidents and flows, a page at a time', async () => {
    const first = (await get('/api/incidents?limit=20')).json<Page<KeptIncident>>()
    expect(first.items).toHaveLength(20)
    const rest = (await get(`/api/incidents?limit=20&cursor=${first.next}`)).json<Page<KeptIncident>>()
    expect(rest).toMatchObject({ next: null })
    expect(new Set([...first.items, ...rest.items].map(({ id }) => id)).size).toBe(30)
    const high = (await get('/api/incidents?q=severity:>%3Dhigh')).json<Page<KeptIncident>>()
    expect(high.items.every(({ severity }) => severity === 'high' || severity === 'critical')).toBe(true)
    const flows = (await get('/api/flows?q=src:10.0.0.0/8%20port:>1024&limit=5')).json<Page<KeptFlow>>()
    expect(flows.items.length).toBeGreaterThan(0)
    expect(flows.items.every(({ source, dstPort }) => source.startsWith('10.') && dstPort > 1024)).toBe(true)
  })

  it('says where a search is wrong, and what is wrong with what was sent', async () => {
    const wrong = await get('/api/flows?q=src:10.0.0.1%20prot:tcp')
    expect(wrong.status).toBe(400)
    expect(wrong.json()).toMatchObject({ position: 13, error: expect.stringContaining('no field "prot"') })
    expect((await get('/api/flows?cursor=x')).status).toBe(400)
    expect((await get('/api/flows?limit=0')).json()).toMatchObject({ error: expect.stringContaining('limit') })
    expect((await get('/api/incidents/none')).json()).toEqual({ error: 'there is no incident of this id' })
  })

  it('takes decisions on an incident and gives it back as Markdown and CSV', async () => {
    const change = { state: 'acknowledged', assignee: 'ann', note: 'mine *now*' }
    const changed = await ask(server, 'PATCH', '/api/incidents/nads-000003', change)
    expect(changed.json()).toMatchObject({
      state: 'acknowledged',
      assignee: 'ann',
      notes: [{ author: 'local', text: 'mine *now*' }],
    })
    expect((await ask(server, 'PATCH', '/api/incidents/nads-000003', { state: 'gone' })).status).toBe(400)
    const markdown = await get('/api/incidents/nads-000003/markdown')
    expect(markdown.body).toContain('mine \\*now\\*')
    const csv = await get('/api/incidents/nads-000003/flows')
    expect(csv.headers['content-type']).toContain('text/csv')
    expect(csv.body.split('\r\n')[0]).toContain('seq,time')
  })

  it('proposes, previews, saves and undoes what is expected', async () => {
    const proposed = (await get('/api/incidents/nads-000005/expected')).json<{ draft: { match: object } }>()
    const body = { draft: { ...proposed.draft, reason: 'backup' }, since: null }
    const preview = (await ask(server, 'POST', '/api/suppressions/preview', body)).json<{ covered: number }>()
    expect(preview.covered).toBeGreaterThan(0)
    const saved = (await ask(server, 'POST', '/api/suppressions', body.draft)).json<{ id: string; hits: number }>()
    expect(saved.hits).toBe(preview.covered)
    expect((await get('/api/incidents/nads-000005')).json()).toMatchObject({ suppressedBy: saved.id })
    await ask(server, 'DELETE', `/api/suppressions/${saved.id}`)
    expect((await get('/api/incidents/nads-000005')).json()).toMatchObject({ suppressedBy: null })
    expect((await ask(server, 'POST', '/api/suppressions', { match: {} })).status).toBe(400)
    expect((await ask(server, 'POST', '/api/suppressions', { match: { sources: ['x'] } })).json()).toMatchObject({
      error: 'sources: "x" is neither an address nor a CIDR block',
    })
  })

  it('describes itself, every route of it', async () => {
    const { openapi, paths } = (await get('/api/docs/openapi.json')).json<{
      openapi: string
      paths: Record<string, object>
    }>()
    expect(openapi).toBe('3.1.0')
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    )
    const api = Object.keys(ROUTES).filter((route) => route.includes('/api/') && !route.includes('/docs'))
    expect(described.filter((route) => route.includes('/api/')).sort()).toEqual(api.sort())
    expect((await get('/api/docs')).body).toContain('GET /api/incidents')
  })

  it.each([{ origin: 'http://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }])(
    'takes nothing from a page elsewhere: %o',
    async (headers) => {
      const before = (await get('/api/suppressions')).body
      const draft = { match: { types: ['Port Scan'] } }
      expect((await ask(server, 'POST', '/api/suppressions', draft, headers as Record<string, string>)).status).toBe(
        403,
      )
      expect((await get('/api/suppressions')).body).toBe(before)
    },
  )
})

describe('who may do what', () => {
  let server: Server
  let accounts: Accounts
  const cookies: Record<string, Record<string, string>> = { anyone: {} }

  const signIn = async (name: string, password: string): Promise<Record<string, string>> => {
    const { status, headers } = await ask(server, 'POST', '/api/session', { name, password })
    expect(status).toBe(200)
    const cookie = String(headers['set-cookie'])
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/)
    return { cookie: cookie.split(';')[0]! }
  }

  beforeAll(async () => {
    accounts = openAccounts(join(folder, 'accounts'))
    await accounts.setUser('root', 'admin', 'correct horse')
    await accounts.setUser('eve', 'viewer', 'battery staple')
    server = await start(accounts)
    cookies.admin = await signIn('root', 'correct horse')
    cookies.viewer = await signIn('eve', 'battery staple')
  })
  afterAll(() => server.close())

  const TRICKS: readonly ((path: string) => string)[] = [
    (path) => path,
    (path) => `/${path}`,
    (path) => path.replace('/api', '/%61pi'),
    (path) => path.replace('/api', '/API'),
    (path) => `${path}/`,
    (path) => `/x/..${path}`,
    (path) => `${path};a=b`,
    (path) => path.replaceAll('/', '%2f').replace('%2f', '/'),
  ]
  const RANK = ['anyone', 'viewer', 'admin']

  const cases = Object.entries(ROUTES).flatMap(([route, needed]) => {
    const [method, pattern] = route.split(' ') as [string, string]
    return needed === 'anyone' ? [] : [{ method, path: pattern.replace(/:\w+/, 'zzz'), needed }]
  })

  it.each(cases)('$method $path is for the $needed, however it is written', async ({ method, path, needed }) => {
    for (const who of RANK) {
      const allowed = RANK.indexOf(who) >= RANK.indexOf(needed)
      if (allowed && path === '/api/export') continue
      const body = method.startsWith('P') ? {} : undefined
      const answers = await Promise.all(TRICKS.map((trick) => ask(server, method, trick(path), body, cookies[who])))
      const told = `${who}: ${answers.map(({ status }) => status).join(' ')} ${answers[0]!.body.slice(0, 100)}`
      expect([401, 403].includes(answers[0]!.status), told).toBe(!allowed)
      if (!allowed)
        expect(
          answers.every(({ status }) => status >= 400),
          told,
        ).toBe(true)
    }
  })

  it('lets nobody connect who has not signed in, and listens to nothing that is not listed', async () => {
    expect(Object.keys(SOCKET_EVENTS)).toEqual(['show'])
    expect(await connects(server, {})).toBe(false)
    expect(await connects(server, cookies.viewer!)).toBe(true)
    expect(await connects(server, { cookie: 'nads_session=forged-forged-forged-forged' })).toBe(false)
  })

  it('takes tokens, and only as long as they are there', async () => {
    const made = await ask(server, 'POST', '/api/tokens', { name: 'grafana', role: 'viewer' }, cookies.admin)
    const { id, token } = made.json<{ id: string; token: string }>()
    const headers = { authorization: `Bearer ${token}` }
    expect((await ask(server, 'GET', '/metrics', undefined, headers)).status).toBe(200)
    expect((await ask(server, 'POST', '/api/export', undefined, headers)).status).toBe(403)
    expect((await ask(server, 'GET', '/api/tokens', undefined, cookies.admin)).body).not.toContain(token)
    await ask(server, 'DELETE', `/api/tokens/${id}`, undefined, cookies.admin)
    expect((await ask(server, 'GET', '/metrics', undefined, headers)).status).toBe(401)
  })

  it('ends sessions and sockets within a second of a changed password, and after a while', async () => {
    await accounts.setUser('tom', 'viewer', 'first password')
    const tom = await signIn('tom', 'first password')
    const socket = io(`http://127.0.0.1:${server.port}`, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      extraHeaders: tom,
    })
    await new Promise((resolve) => socket.on('connect', () => resolve(null)))
    const ended = new Promise((resolve) => socket.on('disconnect', resolve))
    const body = { role: 'viewer', password: 'second password' }
    expect((await ask(server, 'PUT', '/api/users/tom', body, cookies.admin)).status).toBe(200)
    await ended
    expect((await ask(server, 'GET', '/api/flows', undefined, tom)).status).toBe(401)
    const again = await signIn('tom', 'second password')
    now += 13 * 3_600
    expect((await ask(server, 'GET', '/api/flows', undefined, again)).status).toBe(401)
    now -= 13 * 3_600
    cookies.admin = await signIn('root', 'correct horse')
  })

  it('slows down whoever guesses', async () => {
    const tries = await Promise.all(
      Array.from({ length: 14 }, () => ask(server, 'POST', '/api/session', { name: 'root', password: 'guess' })),
    )
    expect(tries.filter(({ status }) => status === 429).length).toBeGreaterThan(2)
    expect(tries.some(({ status }) => status === 200)).toBe(false)
  })

  it('keeps the last admin', async () => {
    expect((await ask(server, 'DELETE', '/api/users/root', undefined, cookies.admin)).status).toBe(409)
  })
})

describe('listening where others are, before anybody has a password', () => {
  it('serves nothing but the page until the one-time link is used', async () => {
    const accounts = openAccounts(join(folder, 'fresh'))
    const server = await start(accounts, '0.0.0.0')
    const token = new URL(`http://x${server.setUp!.replace('/#', '')}`).searchParams.get('token')!
    expect((await ask(server, 'GET', '/api/flows')).status).toBe(401)
    expect(await connects(server, {})).toBe(false)
    expect((await ask(server, 'GET', '/')).status).toBe(200)
    const first = { name: 'ann', password: 'long enough' }
    expect((await ask(server, 'POST', '/api/setup', { token: 'wrong', ...first })).status).toBe(403)
    expect((await ask(server, 'POST', '/api/setup', { token, name: 'ann', password: 'short' })).status).toBe(400)
    const done = await ask(server, 'POST', '/api/setup', { token, ...first })
    const cookie = String(done.headers['set-cookie']).split(';')[0]!
    expect((await ask(server, 'GET', '/api/settings', undefined, { cookie })).status).toBe(200)
    expect((await ask(server, 'POST', '/api/setup', { token, ...first })).status).toBe(403)
    expect(server.setUp).toBeNull()
    await server.close()
  })
})
