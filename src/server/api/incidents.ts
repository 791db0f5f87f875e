import { z } from 'zod'
import { parseQuery } from '../../query/parse.ts'
import { type KeptFlow, STATES } from '../../types/history.ts'
import { answer, callerOf, cursor, found, idParams, limit, lookedAt, q, type Routes } from './api.ts'
import { csvOf } from './csv.ts'
import { markdownOf } from './markdown.ts'

const NOT_FOUND = 'there is no incident of this id'
/** Flows of an incident in a download. */
const MOST = 10_000
const change = z
  .strictObject({
    state: z.enum(STATES).optional(),
    assignee: z.string().trim().min(1).max(100).nullable().optional(),
    note: z.string().trim().min(1).max(10_000).optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'give state, assignee or note')

/** Incidents: found, read, and taken along. Below `base`, so that captures have the same. */
export const incidents =
  (base: string): Routes =>
  (app, live) => {
    app.get(
      `${base}/incidents`,
      {
        schema: {
          summary: 'Incidents a search finds, a page at a time.',
          querystring: z.object({ q, order: z.enum(['recent', 'severe']).default('recent'), limit, cursor }),
          response: { 200: answer('`Page<KeptIncident>`, without stories') },
        },
      },
      async (request) => {
        const { store, now } = lookedAt(request, live)
        const { query } = request
        const { items, next } = await store.incidents(parseQuery(query.q, now()), query.order, query)
        return { items: items.map(({ story, ...incident }) => incident), next }
      },
    )
    app.get(
      `${base}/incidents/:id`,
      {
        schema: {
          summary: 'One incident with its story.',
          params: idParams,
          response: { 200: answer('`KeptIncident`') },
        },
      },
      async (request) => found(await lookedAt(request, live).store.incident(request.params.id), NOT_FOUND),
    )
    app.get(
      `${base}/incidents/:id/markdown`,
      { schema: { summary: 'One incident as Markdown.', params: idParams } },
      async (request, reply) => {
        const incident = found(await lookedAt(request, live).store.incident(request.params.id), NOT_FOUND)
        return reply.type('text/markdown; charset=utf-8').send(markdownOf(incident))
      },
    )
    app.get(
      `${base}/incidents/:id/flows`,
      { schema: { summary: `The flows of an incident as CSV, the newest ${MOST}.`, params: idParams } },
      async (request, reply) => {
        const { params } = request
        const { store } = lookedAt(request, live)
        const flows: KeptFlow[] = []
        const query = [
          { field: 'incident', negated: false, tests: [{ kind: 'text', text: params.id.toLowerCase(), exact: true }] },
        ] as const
        let place: string | undefined
        do {
          const page = await store.flows(
            query.map((term) => ({ ...term, tests: [...term.tests] })),
            { limit: 1_000, cursor: place },
          )
          flows.push(...page.items)
          place = page.next ?? undefined
        } while (place !== undefined && flows.length < MOST)
        return reply.type('text/csv; charset=utf-8').send(csvOf(flows))
      },
    )
  }

/** Incidents: decided about. */
export const deciding: Routes = (app, { desk }) => {
  app.patch(
    '/api/incidents/:id',
    {
      bodyLimit: 65_536,
      schema: {
        summary: 'Sets state or assignee, or adds a note.',
        params: idParams,
        body: change,
        response: { 200: answer('`KeptIncident`') },
      },
    },
    async (request) => found(await desk.change(request.params.id, request.body, callerOf(request).name), NOT_FOUND),
  )
  app.get(
    '/api/incidents/:id/expected',
    {
      schema: {
        summary: 'What to propose when somebody says that this is expected.',
        params: idParams,
        querystring: z.object({ timeZone: z.string().max(64).default('UTC') }),
        response: { 200: answer('`{ draft: SuppressionDraft, schedule: Schedule }`') },
      },
    },
    async ({ params, query }) => found(await desk.propose(params.id, query.timeZone), NOT_FOUND),
  )
}
