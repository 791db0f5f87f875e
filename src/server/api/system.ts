import { z } from 'zod'
import type { Health } from '../../types/api.ts'
import type { Counter } from '../../types/events.ts'
import { isLoss } from '../losses.ts'
import { answer, type Routes } from './api.ts'

/** Counters beside those of the engine, and pages connected. */
export interface Losses {
  counters(): Counter[]
  clients(): number
}

/** How the program fares, and how it is set. */
export const system: Routes = (app, { feed, store, desk, losses, limits, settings, sources, now }) => {
  app.get(
    '/api/health',
    { schema: { summary: 'Whether anything is wrong, and what was lost.', response: { 200: answer('`Health`') } } },
    async (): Promise<Health> => {
      const status = await store.status()
      const { unsaved, lost } = desk.counters() as { unsaved: number; lost: number }
      const problems: string[] = []
      if (status.problem !== null) problems.push(`the history cannot be written: ${status.problem}`)
      if (unsaved > 0) problems.push(`${unsaved} incidents are held in memory until it can`)
      if (lost > 0) problems.push(`${lost} incidents were lost`)
      const counters = [...feed.snapshot().stats.counters.filter(isLoss), ...losses.counters()]
      return {
        status: problems.length === 0 ? 'ok' : 'degraded',
        problems,
        store: status,
        losses: counters,
        clients: losses.clients(),
      }
    },
  )
  app.get(
    '/api/budget',
    {
      schema: {
        summary: 'Incidents the models may raise a day, and how that went.',
        response: { 200: answer('The setting and the counters of evidence') },
      },
    },
    async () => {
      const day = { from: now() - 86_400, to: now() }
      const { counters } = feed.snapshot().stats
      const found = await store.incidents(
        [
          { field: 'method', negated: false, tests: [{ kind: 'text', text: 'ml', exact: true }] },
          { field: 'since', negated: false, tests: [{ kind: 'number', operator: '>=', value: day.from }] },
        ],
        'recent',
        { limit: 1_000 },
      )
      return {
        alertsPerDay: limits?.current().alertsPerDay ?? null,
        raisedInLastDay: found.items.length,
        counters: counters.filter(({ name }) => name.startsWith('evidence.')),
      }
    },
  )
  app.get(
    '/api/sources',
    {
      schema: { summary: 'Where flows come from, and what each lacks.', response: { 200: answer('`SourceState[]`') } },
    },
    () => sources(),
  )
  app.get(
    '/api/settings',
    { schema: { summary: 'The effective configuration.', response: { 200: answer('As `nads config` prints it') } } },
    () => {
      if (limits === null) return settings
      const { alertsPerDay, ...history } = limits.current()
      const { detection, ...rest } = settings as { detection?: object }
      return { ...rest, detection: { ...detection, alertsPerDay }, history }
    },
  )
  app.get(
    '/api/journal',
    {
      schema: {
        summary: 'What people decided, newest first.',
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
        response: { 200: answer('`Decision[]`') },
      },
    },
    async ({ query }) => (await store.decisions()).toReversed().slice(0, query.limit),
  )
  app.post(
    '/api/export',
    {
      schema: {
        summary: 'Writes everything kept as Parquet into the data folder.',
        response: { 200: answer('`{ files: string[] }`') },
      },
    },
    async () => ({ files: await store.exportTo(`export-${Math.floor(now())}`) }),
  )
}
