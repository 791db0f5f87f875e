import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import helmet from '@fastify/helmet'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { accessOf, allows } from './access.ts'
import { type Api, CALLERS } from './api/api.ts'
import { addApi } from './api/index.ts'
import type { Metrics } from './metrics.ts'
import type { OriginPolicy } from './origin.ts'
import type { Sessions } from './sessions.ts'

/** No inline script or style, nothing from elsewhere, and no string becomes HTML but what Svelte compiled. */
const CONTENT_SECURITY_POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'font-src': ["'self'"],
  'img-src': ["'self'"],
  'connect-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
  'require-trusted-types-for': ["'script'"],
  'trusted-types': ['svelte-trusted-html'],
}

interface Routes {
  policy: OriginPolicy
  metrics: Metrics
  dashboard: string
  logger: Logger
  sessions: Sessions
  /** Null: only the live page. */
  api: Api | null
  version: string
}

/**
 * Adds what is served over HTTP, each route only to whom the list of routes says, only under a name that is ours, and to no
 * page from elsewhere.
 */
export async function addRoutes(app: FastifyInstance, routes: Routes): Promise<void> {
  const { policy, metrics, dashboard, logger, sessions, api, version } = routes
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) accessOf(one, url)
  })
  app.addHook('onRequest', async (request, reply) => {
    const { headers, method, routeOptions } = request
    if (!policy.host(headers.host)) return reply.code(421).type('text/plain').send('this name is not served here\n')
    if (!policy.origin(headers.origin, headers.host) || isForeign(headers)) {
      return reply.code(403).send({ error: 'pages from elsewhere may not ask' })
    }
    const caller = sessions.callerOf(headers)
    CALLERS.set(request, caller)
    const needed = routeOptions.url === undefined ? 'anyone' : accessOf(method, routeOptions.url)
    if (allows(caller.access, needed)) return
    const known = allows(caller.access, 'viewer')
    return reply.code(known ? 403 : 401).send({ error: known ? 'only an admin may do this' : 'sign in first' })
  })
  app.addHook('preParsing', async (request, _reply, payload) => {
    if (request.routeOptions.url !== '/api/captures') endLate(request.raw)
    return payload
  })
  app.setErrorHandler((error: Fault, _request, reply) => {
    const status = MISTAKES.has(error.name) ? 400 : (error.statusCode ?? 500)
    if (status >= 500) logger.error({ err: error }, 'request failed')
    const { position, length } = error
    const place = position === undefined ? {} : { position, length }
    return reply.code(status).send({ error: status >= 500 ? 'internal error' : sentence(error), ...place })
  })
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY_POLICY },
    strictTransportSecurity: false,
  })
  await app.register(fastifyStatic, {
    root: dashboard,
    preCompressed: true,
    cacheControl: false,
    setHeaders(reply, path) {
      const forever = path.includes('/assets/')
      reply.setHeader('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  if (api !== null) await addApi(app, api, version)
  app.get('/healthz', () => ({ status: 'ok' }))
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()))
}

interface Fault {
  name: string
  message: string
  statusCode?: number
  validation?: { instancePath: string; message?: string }[]
  position?: number
  length?: number
}

/** Milliseconds in which the body of a request must be there, a capture's apart. */
const PROMPT = 10_000

/** Ends the connection of a request that trickles in. */
function endLate(request: IncomingMessage): void {
  if (request.complete) return
  const timer = setTimeout(() => request.destroy(), PROMPT)
  for (const event of ['end', 'close']) request.once(event, () => clearTimeout(timer))
}

/** What a person got wrong, wherever it was found. */
const MISTAKES = new Set(['QueryError', 'CursorError', 'InputError', 'RangeError'])

function sentence({ message, validation }: Fault): string {
  const [first] = validation ?? []
  if (first === undefined) return message
  const path = first.instancePath.slice(1).replaceAll('/', '.')
  return path === '' ? (first.message ?? message) : `${path}: ${first.message ?? message}`
}

/** A browser says itself that another site is asking. */
function isForeign(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site']
  return site === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate'
}
