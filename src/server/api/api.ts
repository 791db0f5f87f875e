import type { IncomingMessage, ServerResponse } from 'node:http'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyPluginCallback,
  FastifyRequest,
  RawServerDefault,
} from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Desk } from '../../incidents/desk.ts'
import type { Store } from '../../store/store.ts'
import type { SourceState } from '../../types/api.ts'
import type { Feed } from '../../types/feed.ts'
import type { Accounts } from '../accounts.ts'
import type { Caller, Sessions } from '../sessions.ts'
import type { Captures } from './captures.ts'
import type { LimitBook } from './limits.ts'
import type { Models } from './model.ts'
import type { Outputs } from './outputs.ts'
import type { RuleBook } from './rules.ts'
import type { Losses } from './system.ts'

/** What the routes of the API work on. */
export interface Api {
  feed: Feed
  store: Store
  desk: Desk
  accounts: Accounts
  sessions: Sessions
  rules: RuleBook | null
  /** The models in force; null where nothing learns. */
  models: Models | null
  /** Captures people bring; null where none can be. */
  captures: Captures | null
  /** Where incidents are told of; null where nowhere. */
  outputs: Outputs | null
  /** How much is kept; null where nothing is. */
  limits: LimitBook | null
  /** The effective configuration, as `nads config` prints it. */
  settings: unknown
  /** Where flows come from. */
  sources: () => SourceState[]
  /** Counters of the server and of the history. */
  losses: Losses
  /** Epoch seconds. */
  now: () => number
  /** Ends the sockets of whoever may no longer be here. */
  onAccess: () => void
}

export type ApiServer = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>
/** Adds the routes of one subject. */
export type Routes = (app: ApiServer, api: Api) => void

/** What is looked at: live traffic, or one capture. */
export interface Looked {
  store: Store
  /** Epoch seconds; of a capture its last packet, so that `last:24h` means what it says. */
  now: () => number
}

/** Which capture a request is about, set before its handler runs; none: live traffic. */
export const LOOKED = new WeakMap<FastifyRequest, Looked>()
export const lookedAt = (request: FastifyRequest, live: Looked): Looked => LOOKED.get(request) ?? live

/** Who sent a request: set before any handler runs. */
export const CALLERS = new WeakMap<FastifyRequest, Caller>()
export const callerOf = (request: FastifyRequest): Caller => CALLERS.get(request) ?? { name: '', access: 'anyone' }

export const limit = z.coerce.number().int().min(1).max(1_000).default(100)
export const cursor = z.string().max(400).optional()
export const q = z
  .string()
  .max(2_000)
  .default('')
  .describe('Search, such as `src:10.0.0.0/8 severity:>=high last:24h`.')
export const idParams = z.object({ id: z.string().min(1).max(100) })
/** Epoch seconds. */
export const time = z.coerce.number().min(0).max(1e11)

/** What a route answers, in words: the fields are those of the named type. */
export const answer = (description: string) => z.any().meta({ description })

/** Registers routes with validation by zod. */
export function asPlugin(routes: Routes, api: Api): FastifyPluginCallback {
  return (app, _options, done) => {
    app.setValidatorCompiler(validatorCompiler)
    app.setSerializerCompiler(serializerCompiler)
    routes(app.withTypeProvider<ZodTypeProvider>() as unknown as ApiServer, api)
    done()
  }
}

/** What to throw where there is nothing of this name. */
export function notFound(message: string): Error {
  return Object.assign(new Error(message), { statusCode: 404 })
}

/** The thing, which there must be. Throws the answer 404 otherwise. */
export function found<T>(thing: T | null | undefined, message: string): T {
  if (thing === null || thing === undefined) throw notFound(message)
  return thing
}
