import { Readable } from 'node:stream'
import { z } from 'zod'
import type { CaptureList, CaptureView } from '../../types/api.ts'
import { type Api, answer, asPlugin, callerOf, found, LOOKED, type Looked, type Routes } from './api.ts'
import { history } from './history.ts'
import { incidents } from './incidents.ts'

/** Captures people bring, each judged and kept apart from live traffic. */
export interface Captures {
  list(): CaptureList
  /** Null when there is none of this id. */
  find(id: string): CaptureView | null
  /** Takes one in, to be judged after those before it. Throws an error with `statusCode` for what is not taken. */
  add(name: string, author: string, content: Readable): Promise<CaptureView>
  /** Ends its judging and deletes all that is known of it; null when there is none. */
  remove(id: string): Promise<CaptureView | null>
  /** What was found in it so far; null when there is none of this id, or nothing was found out yet. */
  open(id: string): Promise<Looked | null>
}

const NONE = 'captures cannot be brought here'
const UNKNOWN = 'there is no capture of this id'
const params = z.object({ capture: z.string().max(40) })
const name = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .regex(/^\P{C}+$/u, 'has characters that cannot be seen')

/** Captures: brought, watched while they are judged, looked into, deleted. */
export const captures: Routes = (app, api) => {
  const { captures: shelf, now } = api
  app.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload))
  app.get(
    '/api/captures',
    { schema: { summary: 'Captures, newest first.', response: { 200: answer('`CaptureList`') } } },
    () => found(shelf, NONE).list(),
  )
  app.post(
    '/api/captures',
    {
      config: { rateLimit: { max: 60, timeWindow: 60_000 } },
      schema: {
        summary: 'Takes in a capture or a log of flows, sent as it is (`application/octet-stream`).',
        querystring: z.object({ name }),
        response: { 201: answer('`CaptureView`'), 415: answer('`{ error }`') },
      },
    },
    async (request, reply) => {
      const { body, query } = request as { body: unknown; query: { name: string } }
      if (!(body instanceof Readable)) {
        return reply.code(415).send({ error: 'send the bytes of the file as application/octet-stream' })
      }
      const taken = await found(shelf, NONE).add(query.name, callerOf(request).name || 'nobody', body)
      const { id: subject, name, bytes } = taken
      await api.store.decide(
        { time: now(), author: taken.author, kind: 'capture', subject, content: { name, bytes } },
        [],
      )
      return reply.code(201).send(taken)
    },
  )
  app.get(
    '/api/captures/:capture',
    { schema: { summary: 'One capture.', params, response: { 200: answer('`CaptureView`') } } },
    (request) => found(shelf?.find(request.params.capture), UNKNOWN),
  )
  app.delete(
    '/api/captures/:capture',
    { schema: { summary: 'Deletes a capture and what was found in it.', params } },
    async (request) => {
      const gone = found(await shelf?.remove(request.params.capture), UNKNOWN)
      const author = callerOf(request).name
      await api.store.decide(
        { time: now(), author, kind: 'uncapture', subject: gone.id, content: { name: gone.name } },
        [],
      )
      return { id: gone.id }
    },
  )
  void app.register(asPlugin(looking, api))
}

/** The views of live traffic, over one capture. */
const looking: Routes = (app, api: Api) => {
  app.addHook('onRoute', ({ schema }) => {
    if (schema === undefined) return
    schema.params = schema.params instanceof z.ZodObject ? schema.params.extend(params.shape) : params
  })
  app.addHook('preHandler', async (request) => {
    const { capture } = request.params as z.infer<typeof params>
    LOOKED.set(request, found(await api.captures?.open(capture), UNKNOWN))
  })
  incidents('/api/captures/:capture')(app, api)
  history('/api/captures/:capture')(app, api)
}
