import { existsSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type FastifyInstance, type FastifyServerOptions, fastify } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { Logger } from 'pino'
import { Server as SocketServer } from 'socket.io'
import { InputError } from '../types/errors.ts'
import type { ClientEvents, Counter, ServerEvents, Stats } from '../types/events.ts'
import type { Feed } from '../types/feed.ts'
import { allows } from './access.ts'
import { type Accounts, openAccounts } from './accounts.ts'
import type { Api } from './api/api.ts'
import { Broadcast, TICKS_PER_SECOND, trimmed } from './broadcast.ts'
import { Clients, PATIENCE, roomOf } from './clients.ts'
import { isLoss } from './losses.ts'
import { createMetrics } from './metrics.ts'
import { createOriginPolicy, isLoopback, type OriginPolicy } from './origin.ts'
import { addRoutes } from './routes.ts'
import { createSessions, type Sessions } from './sessions.ts'

/** The built page, seen from `src/server` and from `dist/server` alike. */
const DASHBOARD = fileURLToPath(new URL('../../dist/dashboard', import.meta.url))
const MAX_CLIENTS = 256
/** Routes bring zod's own: that of JSON Schema, which is slow to load, is never needed. */
const ZOD_ALONE = {
  compilersFactory: { buildValidator: () => validatorCompiler, buildSerializer: () => serializerCompiler },
} as unknown as NonNullable<FastifyServerOptions['schemaController']>
/** Milliseconds in which a request's head must be there, and in which a capture must. */
const PROMPT = 10_000
const UPLOAD = 3_600_000

export interface ServerOptions {
  feed: Feed
  logger: Logger
  /** 0 takes any free port. */
  port: number
  /** Address listened on; 127.0.0.1 when not given. */
  host?: string
  /** Further names the page may be asked for by, behind a proxy. */
  names?: readonly string[]
  /** Folder of the built page. */
  dashboard?: string
  /** Seconds a client that does not read is kept: 30 when not given. */
  patience?: number
  /** Who may come in; without it whoever reaches the address may. */
  accounts?: Accounts
  /** What the API works on; without it there is only the live page. */
  api?: Omit<Api, 'feed' | 'accounts' | 'sessions' | 'losses' | 'onAccess'>
}

export interface Server {
  /** Where a person on this machine opens the page. */
  readonly url: string
  readonly port: number
  /** Pages connected now. */
  readonly clients: number
  /** Path of the one-time link that sets the first password; null when there is nothing to set up. */
  readonly setUp: string | null
  /** Ends every connection and frees the port. */
  close(): Promise<void>
}

/** Serves the dashboard, `/healthz`, `/metrics` and the live feed; throws an `InputError` when it cannot listen. */
export async function createServer(options: ServerOptions): Promise<Server> {
  const { feed, logger, port, host = '127.0.0.1', dashboard = DASHBOARD } = options
  if (!existsSync(join(dashboard, 'index.html'))) {
    throw new InputError('the dashboard has not been built: run `npm run build`')
  }
  const policy = createOriginPolicy(host, options.names)
  const app = fastify({
    ...{ bodyLimit: 1024, requestTimeout: UPLOAD, forceCloseConnections: true },
    http: { headersTimeout: PROMPT },
    schemaController: ZOD_ALONE,
  })
  const accounts = options.accounts ?? openAccounts(null)
  const loopback = options.accounts === undefined || isLoopback(host)
  const now = options.api?.now ?? (() => 0)
  const sessions = createSessions({ accounts, now, loopback })
  const io = createSocketServer(app, policy, sessions)

  const own = (): Counter[] =>
    [
      { name: 'server.slow_client', value: clients.withheld },
      { name: 'server.cut_client', value: clients.cut },
      { name: 'server.unsent_anomalies', value: broadcast.unsent },
    ].filter((counter) => counter.value > 0)
  const complete = (stats: Stats): Stats => ({ ...stats, counters: [...stats.counters.filter(isLoss), ...own()] })

  const recent = feed.snapshot().anomalies
  const broadcast = new Broadcast(
    (name, ...payload) => {
      // Encoding for nobody is most of what an idle server would do.
      if (clients.size > 0) io.to(roomOf(name)).emit(name, ...payload)
    },
    recent,
    complete,
  )
  const clients = new Clients(
    io,
    (page) => {
      broadcast.flush()
      const { about, stats, anomalies, packets, incidents, timeline } = feed.snapshot()
      page.emit('about', about)
      page.emit('new_packet', { packet: null, stats: complete(stats), anomalies })
      page.emit('packets', { packets: packets.toReversed(), skipped: 0 })
      page.emit('incidents', incidents.map(trimmed))
      page.emit('timeline', timeline, true)
    },
    logger,
    options.patience ?? PATIENCE,
  )
  const metrics = createMetrics(feed, () => clients.size, own)
  metrics.incidents(feed.snapshot().incidents)
  const unsubscribe = feed.subscribe((event) => {
    broadcast.take(event)
    if (event.kind === 'incidents') metrics.incidents(event.incidents)
  })
  const letGo = (): void => clients.keep((headers) => allows(sessions.callerOf(headers).access, 'viewer'))
  const timer = setInterval(() => {
    broadcast.tick()
    clients.check()
    letGo()
  }, 1000 / TICKS_PER_SECOND)
  const stop = (): void => {
    clearInterval(timer)
    unsubscribe()
    metrics.close()
  }

  const losses = { counters: own, clients: () => clients.size }
  const api: Api | null =
    options.api === undefined ? null : { ...options.api, feed, accounts, sessions, losses, onAccess: letGo }
  await addRoutes(app, { policy, metrics, dashboard, logger, sessions, api, version: feed.snapshot().about.version })
  try {
    await app.listen({ host, port })
  } catch (error) {
    stop()
    await app.close()
    throw listenError(error, host, port)
  }
  const bound = (app.server.address() as { port: number }).port
  return {
    url: `http://${host === '127.0.0.1' || host === '0.0.0.0' || host === '::' ? 'localhost' : host}:${bound}`,
    port: bound,
    get clients() {
      return clients.size
    },
    get setUp() {
      return sessions.setUp === null ? null : `/#/setup?token=${sessions.setUp}`
    },
    async close() {
      stop()
      io.disconnectSockets(true)
      io.engine.close()
      await app.close()
    },
  }
}

/** WebSocket only: long polling would let one page hold any number of requests. Clients have next to nothing to say. */
function createSocketServer(
  app: FastifyInstance,
  policy: OriginPolicy,
  sessions: Sessions,
): SocketServer<ClientEvents, ServerEvents> {
  const io: SocketServer<ClientEvents, ServerEvents> = new SocketServer(app.server, {
    transports: ['websocket'],
    serveClient: false,
    maxHttpBufferSize: 4096,
    connectTimeout: 5000,
    pingInterval: 10_000,
    pingTimeout: 20_000,
    allowRequest({ headers }: IncomingMessage, done) {
      if (!policy.host(headers.host) || !policy.origin(headers.origin, headers.host)) done('origin not allowed', false)
      else if (!allows(sessions.callerOf(headers).access, 'viewer')) done('sign in first', false)
      else if (io.engine.clientsCount >= MAX_CLIENTS) done('too many clients', false)
      else done(null, true)
    },
  })
  return io
}

/** Says in one line why nothing can listen there; what is no fault of the person's stays as it is. */
function listenError(error: unknown, host: string, port: number): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new InputError(`port ${port} is in use: stop the other program or choose another with --port`)
    case 'EACCES':
      return new InputError(`port ${port} is for privileged programs: choose one above 1023 with --port`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new InputError(`${host} is not an address of this machine: choose one with --host, such as 127.0.0.1`)
    default:
      return error
  }
}
