import { z } from 'zod'
import type { RuleProblem, RuleTrial, RuleView } from '../../types/api.ts'
import { answer, callerOf, found, idParams, type Routes, time } from './api.ts'

/** The rules in force, and what can be done with the text of one. */
export interface RuleBook {
  list(): Omit<RuleView, 'incidents'>[]
  /** The file's text; null when there is no such rule. */
  text(id: string): string | null
  /** The text of the one that an edited rule takes the place of; null when there is none. */
  original(id: string): string | null
  /**
   * Keeps a text in the data folder, in the place of any other rule of its id, and judges by it from now on. Resolves to the
   * number of rules in force. Throws an `InputError`, changing nothing, for a text that is wrong or where there is no data folder.
   */
  save(id: string, text: string): Promise<number>
  /** Removes what was edited, so that the original is in force again; null when there was nothing. */
  remove(id: string): Promise<number | null>
  /** Reads every rule anew. Rejects with the `InputError` of a broken one, changing nothing. */
  reload(): Promise<number>
  /** What is wrong with a rule's text; null when nothing is. */
  check(id: string, text: string): RuleProblem | null
  /** What it would have found in the flows kept. Throws an `InputError` for a text that is wrong. */
  try(id: string, text: string, span: { from: number; to: number }): Promise<RuleTrial>
}

export const text = z.string().min(1).max(65_536)
const UNKNOWN = 'there is no rule of this id'
/** Names a file: nothing else may stand in it. */
export const ruleId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/, 'an id has small letters, digits and -')
const ownParams = z.object({ id: ruleId })
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
    {
      schema: {
        summary: 'The text of a rule.',
        params: idParams,
        response: { 200: answer('`{ id, text, original }`') },
      },
    },
    ({ params }) => ({
      id: params.id,
      text: found(book?.text(params.id), UNKNOWN),
      original: found(book, NONE).original(params.id),
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
  const journal = (author: string, kind: string, subject: string, content: unknown) =>
    store.decide({ time: now(), author, kind, subject, content }, [])
  app.put(
    '/api/rules/:id',
    {
      bodyLimit: 131_072,
      schema: {
        summary: 'Edits a rule: kept in the data folder, in the place of any other of its id.',
        params: ownParams,
        body: z.strictObject({ text }),
        response: { 200: answer('`{ rules }`, the number in force') },
      },
    },
    async (request) => {
      const { id } = request.params
      const count = await found(book, NONE).save(id, request.body.text)
      await journal(callerOf(request).name, 'rule', id, { text: request.body.text })
      return { rules: count }
    },
  )
  app.delete(
    '/api/rules/:id',
    {
      schema: {
        summary: 'Removes what was edited: the original is in force again.',
        params: ownParams,
        response: { 200: answer('`{ rules }`') },
      },
    },
    async (request) => {
      const count = found(await found(book, NONE).remove(request.params.id), 'nothing was edited under this id')
      await journal(callerOf(request).name, 'unrule', request.params.id, null)
      return { rules: count }
    },
  )
  app.post(
    '/api/rules/reload',
    { schema: { summary: 'Reads every rule anew.', response: { 200: answer('`{ rules }`') } } },
    async (request) => {
      const count = await found(book, NONE).reload()
      await journal(callerOf(request).name, 'reload', 'rules', { rules: count })
      return { rules: count }
    },
  )
}
