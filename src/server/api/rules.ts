import { z } from 'zod'
import type { RuleProblem, RuleTrial, RuleView } from '../../types/api.ts'
import { answer, found, idParams, type Routes, time } from './api.ts'

/** The rules in force, and what can be done with the text of one. */
export interface RuleBook {
  list(): Omit<RuleView, 'incidents'>[]
  /** The file's text; null when there is no such rule. */
  text(id: string): string | null
  /** What is wrong with a rule's text; null when nothing is. */
  check(id: string, text: string): RuleProblem | null
  /** What it would have found in the flows kept. Throws an `InputError` for a text that is wrong. */
  try(id: string, text: string, span: { from: number; to: number }): Promise<RuleTrial>
}

const text = z.string().min(1).max(65_536)
const NONE = 'rules cannot be seen here'

/** Rules: read, checked, and tried on what happened. */
export const rules: Routes = (app, { rules: book, store, now }) => {
  app.get(
    '/api/rules',
    { schema: { summary: 'Every rule in force.', response: { 200: answer('`RuleView[]`') } } },
    async () => {
      const spoke = await store.speakers()
      return (book?.list() ?? []).map((rule): RuleView => ({ ...rule, incidents: spoke.get(rule.id) ?? 0 }))
    },
  )
  app.get(
    '/api/rules/:id',
    { schema: { summary: 'The text of a rule.', params: idParams, response: { 200: answer('`{ id, text }`') } } },
    ({ params }) => ({
      id: params.id,
      text: found(book?.text(params.id), 'there is no rule of this id'),
    }),
  )
  app.post(
    '/api/rules/check',
    {
      bodyLimit: 131_072,
      schema: {
        summary: 'Whether a text is a rule, and where not.',
        body: z.strictObject({ id: z.string().max(100), text }),
        response: { 200: answer('`{ problem: RuleProblem | null }`') },
      },
    },
    ({ body }) => ({ problem: found(book, NONE).check(body.id, body.text) }),
  )
  app.post(
    '/api/rules/try',
    {
      bodyLimit: 131_072,
      config: { rateLimit: { max: 20, timeWindow: 60_000 } },
      schema: {
        summary: 'What a rule would have found in the flows kept.',
        body: z.strictObject({ id: z.string().max(100), text, from: time.optional(), to: time.optional() }),
        response: { 200: answer('`RuleTrial`') },
      },
    },
    ({ body }) => {
      const to = body.to ?? now() + 60
      return found(book, NONE).try(body.id, body.text, { from: body.from ?? to - 7 * 86_400, to })
    },
  )
}
