import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { type Api, asPlugin, type Routes } from './api.ts'
import { settingsBundle } from './bundle.ts'
import { captures } from './captures.ts'
import { docsPage } from './docs.ts'
import { history, overview } from './history.ts'
import { deciding, incidents } from './incidents.ts'
import { limitRoutes } from './limits.ts'
import { model } from './model.ts'
import { outputs } from './outputs.ts'
import { rules } from './rules.ts'
import { signIn } from './sign-in.ts'
import { suppressions } from './suppressions.ts'
import { system } from './system.ts'

/** Every subject of the API. */
const SUBJECTS: readonly Routes[] = [
  signIn,
  incidents('/api'),
  deciding,
  history('/api'),
  overview,
  suppressions,
  rules,
  model,
  captures,
  outputs,
  limitRoutes,
  settingsBundle,
  system,
]
/** Requests a minute from one address: what a busy page needs, several times over. */
const RATE = 1_200

/** Adds the API, its limits and its description (OpenAPI 3.1). */
export async function addApi(app: FastifyInstance, api: Api, version: string): Promise<void> {
  await app.register(rateLimit, { max: RATE, timeWindow: 60_000 })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'nads', version, description: 'Types named here are those of src/types.' },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  for (const routes of SUBJECTS) await app.register(asPlugin(routes, api))
  app.get('/api/docs/openapi.json', { schema: { hide: true } }, () => app.swagger())
  app.get('/api/docs', { schema: { hide: true } }, (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(docsPage(app.swagger() as Parameters<typeof docsPage>[0])),
  )
}
