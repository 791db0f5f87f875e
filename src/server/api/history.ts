import { z } from 'zod'
import { parseQuery } from '../../query/parse.ts'
import type { Overview } from '../../types/api.ts'
import type { HostDetail } from '../../types/history.ts'
import { vendorOf } from '../vendors.ts'
import { answer, cursor, found, type Looked, limit, lookedAt, q, type Routes, time } from './api.ts'

const DAY = 86_400
/** Days of a host that are told of. */
const DAYS = 8
/** Intervals a timeline has at most. */
const INTERVALS = 1_440
const span = z.object({
  from: time.optional().describe('Epoch seconds; default: a day before `to`.'),
  to: time.optional().describe('Epoch seconds; default: now.'),
})

function spanOf({ from, to }: z.infer<typeof span>, { now }: Looked) {
  const end = to ?? now() + 60
  return { from: from ?? end - DAY, to: end }
}

/** What happened: flows, hosts, traffic over time. Below `base`, so that captures have the same. */
export const history =
  (base: string): Routes =>
  (app, live) => {
    app.get(
      `${base}/flows`,
      {
        schema: {
          summary: 'Flows a search finds, newest first, a page at a time.',
          querystring: z.object({ q, limit, cursor }),
          response: { 200: answer('`Page<KeptFlow>`') },
        },
      },
      (request) => {
        const { store, now } = lookedAt(request, live)
        return store.flows(parseQuery(request.query.q, now()), request.query)
      },
    )
    app.get(
      `${base}/hosts`,
      {
        schema: {
          summary: 'Hosts a search finds, last seen first, a page at a time.',
          querystring: z.object({ q, limit, cursor }),
          response: { 200: answer('`Page<KeptHost>`') },
        },
      },
      async (request) => {
        const { store, now } = lookedAt(request, live)
        const { items, next } = await store.hosts(parseQuery(request.query.q, now()), request.query)
        return { items: items.map((host) => ({ ...host, ...vendorOf(host.mac) })), next }
      },
    )
    app.get(
      `${base}/hosts/:address`,
      {
        schema: {
          summary: 'One host.',
          params: z.object({ address: z.string().min(2).max(64) }),
          response: { 200: answer('`HostDetail`') },
        },
      },
      async (request): Promise<HostDetail> => {
        const { store, now } = lookedAt(request, live)
        const { address } = request.params
        const host = found(await store.host(address), 'nothing is known of this host')
        const to = Math.floor(now()) + 60
        const days = await store.hostDays(address, { from: to - DAYS * DAY, to })
        return { ...host, ...vendorOf(host.mac), days }
      },
    )
    app.get(
      `${base}/timeline`,
      {
        schema: {
          summary: 'Traffic over time.',
          querystring: span.extend({ seconds: z.coerce.number().int().min(60).max(604_800).multipleOf(60).optional() }),
          response: { 200: answer('`Interval[]`, oldest first, and `seconds`, the length of each') },
        },
      },
      async (request) => {
        const looked = lookedAt(request, live)
        const { query } = request
        const asked = spanOf(query, looked)
        const least = Math.ceil((asked.to - asked.from) / INTERVALS / 60) * 60
        const seconds = Math.max(query.seconds ?? 60, least)
        return { seconds, items: await looked.store.timeline(asked, seconds) }
      },
    )
    app.get(
      `${base}/talkers`,
      {
        schema: {
          summary: 'Hosts that moved most bytes.',
          querystring: span.extend({ limit: z.coerce.number().int().min(1).max(100).default(10) }),
          response: { 200: answer('`Talker[]`') },
        },
      },
      (request) => {
        const looked = lookedAt(request, live)
        return looked.store.talkers(spanOf(request.query, looked), request.query.limit)
      },
    )
  }

/** What the first page shows. */
export const overview: Routes = (app, live) => {
  const { feed, store, now } = live
  app.get(
    '/api/overview',
    {
      schema: {
        summary: 'Whether all is well: what the Overview shows, in one answer.',
        querystring: span,
        response: { 200: answer('`Overview`') },
      },
    },
    async ({ query }): Promise<Overview> => {
      const asked = spanOf(query, live)
      const seconds = Math.max(60, Math.ceil((asked.to - asked.from) / 288 / 60) * 60)
      const [timeline, talkers, { open }, worst] = await Promise.all([
        store.timeline(asked, seconds),
        store.talkers(asked, 10),
        store.counts(),
        store.incidents(parseQuery('state:open -is:suppressed', now()), 'severe', { limit: 5 }),
      ])
      const { stats } = feed.snapshot()
      return { ...asked, seconds, timeline, talkers, open, worst: worst.items.map(({ story, ...one }) => one), stats }
    },
  )
}
