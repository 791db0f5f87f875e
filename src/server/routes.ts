import helmet from '@fastify/helmet'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Metrics } from './metrics.ts'
import type { OriginPolicy } from './origin.ts'

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
}

/** Adds what is served over HTTP: the built page, `/healthz` and `/metrics`, each only under a name that is ours. */
export async function addRoutes(app: FastifyInstance, { policy, metrics, dashboard, logger }: Routes): Promise<void> {
  app.addHook('onRequest', async ({ headers }, reply) => {
    if (!policy.host(headers.host)) await reply.code(421).type('text/plain').send('this name is not served here\n')
  })
  app.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) logger.error({ err: error }, 'request failed')
    return reply.code(status).send({ error: status >= 500 ? 'internal error' : error.message })
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
  app.get('/healthz', () => ({ status: 'ok' }))
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()))
}
