import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { COOKIE } from '../sessions.ts'
import { answer, callerOf, type Routes } from './api.ts'

const credentials = { name: z.string().min(1).max(64), password: z.string().min(1).max(1_024) }
const role = z.enum(['viewer', 'admin'])
/** Tries a minute from one address. */
const SLOW = { rateLimit: { max: 10, timeWindow: 60_000 } }

/** Who may come in: sessions of people, tokens of programs. */
export const signIn: Routes = (app, { accounts, sessions, now, onAccess }) => {
  const begin = (reply: FastifyReply, name: string, secure: boolean): void => {
    const flags = `Path=/; HttpOnly; SameSite=Strict; Max-Age=604800${secure ? '; Secure' : ''}`
    reply.header('set-cookie', `${COOKIE}=${sessions.begin(name)}; ${flags}`)
  }
  const secureOf = (headers: Record<string, unknown>): boolean => headers['x-forwarded-proto'] === 'https'

  app.get(
    '/api/session',
    { schema: { summary: 'Who is asking.', response: { 200: answer('`SessionState`') } } },
    (request) => {
      const { name, access } = callerOf(request)
      return { name, access, setUp: sessions.setUp !== null, accounts: !accounts.empty }
    },
  )
  app.post(
    '/api/session',
    { config: SLOW, bodyLimit: 4_096, schema: { summary: 'Signs in.', body: z.strictObject(credentials) } },
    async ({ body, headers }, reply) => {
      const user = await accounts.check(body.name, body.password)
      if (user === null) return reply.code(401).send({ error: 'name or password is wrong' })
      begin(reply, user.name, secureOf(headers))
      return { name: user.name, access: user.role }
    },
  )
  app.delete('/api/session', { schema: { summary: 'Signs out.' } }, (request, reply) => {
    sessions.end(request.headers)
    onAccess()
    reply.header('set-cookie', `${COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`)
    return { name: '', access: 'anyone' }
  })
  app.post(
    '/api/setup',
    {
      config: SLOW,
      bodyLimit: 4_096,
      schema: {
        summary: 'Sets the first password, with the link told at the start.',
        body: z.strictObject({ token: z.string().max(100), ...credentials }),
      },
    },
    async ({ body, headers }, reply) => {
      accounts.checkUser(body.name, body.password)
      if (!sessions.redeem(body.token)) return reply.code(403).send({ error: 'this link is used up or not ours' })
      await accounts.setUser(body.name, 'admin', body.password)
      begin(reply, body.name, secureOf(headers))
      return { name: body.name, access: 'admin' }
    },
  )
  app.get('/api/users', { schema: { summary: 'People who may sign in.' } }, () => accounts.users())
  app.put(
    '/api/users/:name',
    {
      bodyLimit: 4_096,
      schema: {
        summary: 'Adds somebody, or gives a new password or role; their sessions end.',
        params: z.object({ name: z.string().min(1).max(64) }),
        body: z.strictObject({ role, password: credentials.password }),
      },
    },
    async (request, reply) => {
      const { name } = request.params
      const first = accounts.empty
      if (first && request.body.role !== 'admin')
        return reply.code(409).send({ error: 'the first one must be an admin' })
      await accounts.setUser(name, request.body.role, request.body.password)
      if (first || callerOf(request).name === name) begin(reply, name, secureOf(request.headers))
      onAccess()
      return { name, role: request.body.role }
    },
  )
  app.delete(
    '/api/users/:name',
    { schema: { summary: 'Lets somebody in no more.', params: z.object({ name: z.string().max(64) }) } },
    ({ params }, reply) => {
      const admins = accounts.users().filter((user) => user.role === 'admin' && user.name !== params.name)
      if (admins.length === 0) return reply.code(409).send({ error: 'the last admin stays' })
      if (!accounts.removeUser(params.name)) return reply.code(404).send({ error: 'there is nobody of this name' })
      onAccess()
      return { name: params.name }
    },
  )
  app.get('/api/tokens', { schema: { summary: 'Programs that may use this interface.' } }, () => accounts.tokens())
  app.post(
    '/api/tokens',
    {
      bodyLimit: 4_096,
      schema: {
        summary: 'Makes a token; it is told this once.',
        body: z.strictObject({ name: credentials.name, role }),
      },
    },
    ({ body }, reply) => {
      if (accounts.empty) return reply.code(409).send({ error: 'set a password first: a token ends free access' })
      return accounts.addToken(body.name, body.role, now())
    },
  )
  app.delete(
    '/api/tokens/:id',
    { schema: { summary: 'Ends a token.', params: z.object({ id: z.string().max(40) }) } },
    ({ params }, reply) => {
      if (!accounts.removeToken(params.id)) return reply.code(404).send({ error: 'there is no token of this id' })
      onAccess()
      return { id: params.id }
    },
  )
}
