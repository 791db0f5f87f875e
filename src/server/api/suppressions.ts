import { z } from 'zod'
import type { SuppressionDraft } from '../../types/history.ts'
import { answer, callerOf, found, idParams, type Routes, time } from './api.ts'

const some = <Item extends z.ZodType>(item: Item) => z.array(item).min(1).max(256).optional()
const minute = z.number().int().min(0).max(1_440)
const match = z
  .strictObject({
    sources: some(z.string().max(64)),
    destinations: some(z.string().max(64)),
    ports: some(z.number().int().min(0).max(65_535)),
    types: some(z.string().max(100)),
    detectors: some(z.string().max(100)),
    schedule: z
      .strictObject({
        days: z.array(z.number().int().min(0).max(6)).min(1).max(7),
        from: minute,
        to: minute,
        timeZone: z.string().max(64),
      })
      .optional(),
  })
  .refine((asked) => Object.values(asked).some((part) => part !== undefined), 'give at least one condition')
export const draft = z.strictObject({
  match,
  reason: z.string().trim().max(1_000).default(''),
  expires: time.nullable().default(null).describe('Epoch seconds; null: never.'),
})
/** What zod leaves undefined is left out. */
export const draftOf = (body: z.infer<typeof draft>): SuppressionDraft =>
  JSON.parse(JSON.stringify(body)) as SuppressionDraft

/** "This is expected": what need not be told of. */
export const suppressions: Routes = (app, { desk }) => {
  app.get(
    '/api/suppressions',
    { schema: { summary: 'All, oldest first, with their hits.', response: { 200: answer('`Suppression[]`') } } },
    () => desk.suppressions(),
  )
  app.post(
    '/api/suppressions/preview',
    {
      bodyLimit: 65_536,
      schema: {
        summary: 'What a suppression would cover of what is kept, were it saved now.',
        body: z.strictObject({ draft, since: time.nullable().default(null) }),
        response: { 200: answer('`SuppressionPreview`') },
      },
    },
    ({ body }) => desk.preview(draftOf(body.draft), body.since),
  )
  app.post(
    '/api/suppressions',
    {
      bodyLimit: 65_536,
      schema: { summary: 'Says that something is expected.', body: draft, response: { 200: answer('`Suppression`') } },
    },
    (request) => desk.suppress(draftOf(request.body), callerOf(request).name),
  )
  app.delete(
    '/api/suppressions/:id',
    { schema: { summary: 'Takes it back.', params: idParams, response: { 200: answer('`Suppression`') } } },
    async (request) =>
      found(await desk.undo(request.params.id, callerOf(request).name), 'there is no suppression of this id in force'),
  )
}
