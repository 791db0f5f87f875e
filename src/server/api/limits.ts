import { z } from 'zod'
import type { Limits } from '../../types/api.ts'
import { answer, callerOf, found, type Routes } from './api.ts'

/** How much is kept and how often the models may speak. */
export interface LimitBook {
  /** What is in force: what was said on the page, else the settings. */
  current(): Limits
  /** What the settings say. */
  settings(): Limits
  /** Those said on the page; null where the settings hold. */
  said(): Limits | null
  /** Has these in force, kept with the decisions of people; null: those of the settings again. */
  set(limits: Limits | null, author: string): Promise<void>
}

/** The same bounds as in the settings file. */
export const limits = z.strictObject({
  flowDays: z.number().positive().max(3_650),
  incidentDays: z.number().positive().max(3_650),
  maxFlows: z.number().int().min(1_000).max(1_000_000_000),
  maxGigabytes: z.number().min(0.05).max(100_000),
  alertsPerDay: z.number().positive().max(100_000),
})

const NONE = 'nothing is kept here'

/** Retention and the budget of alerts. */
export const limitRoutes: Routes = (app, { limits: book }) => {
  const view = () => {
    const { current, settings, said } = found(book, NONE)
    return { limits: current(), settings: settings(), said: said() !== null }
  }
  app.get(
    '/api/limits',
    {
      schema: {
        summary: 'How much is kept, and how often the models may speak.',
        response: {
          200: answer('`{ limits: Limits, settings: Limits, said: boolean }`: in force, of the file, and which'),
        },
      },
    },
    view,
  )
  app.put(
    '/api/limits',
    {
      schema: {
        summary: 'Changes them, at once.',
        body: limits,
        response: { 200: answer('As `GET /api/limits`') },
      },
    },
    async (request) => {
      await found(book, NONE).set(request.body, callerOf(request).name)
      return view()
    },
  )
  app.delete(
    '/api/limits',
    {
      schema: { summary: 'Goes back to those of the settings.', response: { 200: answer('As `GET /api/limits`') } },
    },
    async (request) => {
      await found(book, NONE).set(null, callerOf(request).name)
      return view()
    },
  )
}
