import { z } from 'zod'
import type { Bundle, BundleTaken, Limits } from '../../types/api.ts'
import type { SuppressionDraft } from '../../types/history.ts'
import { type Api, answer, callerOf, type Routes } from './api.ts'
import { limits } from './limits.ts'
import { ruleId, text } from './rules.ts'
import { draft, draftOf } from './suppressions.ts'

const bundle = z.strictObject({
  version: z.literal(1),
  suppressions: z.array(draft).max(2_000).default([]),
  rules: z
    .array(z.strictObject({ id: ruleId, text }))
    .max(500)
    .default([]),
  limits: limits.nullable().default(null),
})

/** What people set on the page: taken along, and taken in. */
export const settingsBundle: Routes = (app, api) => {
  app.get(
    '/api/settings/bundle',
    {
      schema: {
        summary: 'Suppressions in force, rules edited here and limits said here, as one file.',
        response: { 200: answer('`Bundle`') },
      },
    },
    async (_request, reply): Promise<Bundle> => {
      reply.header('content-disposition', 'attachment; filename="nads-settings.json"')
      const edited = (api.rules?.list() ?? []).filter((rule) => rule.edited)
      return {
        version: 1,
        suppressions: (await inForce(api)).map(({ match, reason, expires }) => ({ match, reason, expires })),
        rules: edited.map(({ id }) => ({ id, text: api.rules?.text(id) ?? '' })),
        limits: api.limits?.said() ?? null,
      }
    },
  )
  app.post(
    '/api/settings/bundle',
    {
      bodyLimit: 8_388_608,
      schema: {
        summary: 'Takes such a file in: what is there already stays, rules of the same id are replaced.',
        body: bundle,
        response: { 200: answer('`BundleTaken`') },
      },
    },
    async (request): Promise<BundleTaken> => {
      const { body } = request
      const author = callerOf(request).name
      const taken: BundleTaken = { suppressions: 0, rules: 0, limits: false, problems: [] }
      const known = new Set((await inForce(api)).map(keyOf))
      for (const one of body.suppressions.map(draftOf)) {
        if (known.has(keyOf(one)) || (one.expires !== null && one.expires <= api.now())) continue
        await attempt(taken, 'a suppression', async () => {
          await api.desk.suppress(one, author)
          taken.suppressions++
        })
      }
      for (const { id, text } of body.rules) {
        if (api.rules?.text(id) === text) continue
        await attempt(taken, id, async () => {
          if (api.rules === null) throw new Error('there are no rules here')
          await api.rules.save(id, text)
          await api.store.decide({ time: api.now(), author, kind: 'rule', subject: id, content: { text } }, [])
          taken.rules++
        })
      }
      const { limits } = body
      if (limits !== null && !same(limits, api.limits?.current())) {
        await attempt(taken, 'limits', async () => {
          if (api.limits === null) throw new Error('nothing is kept here')
          await api.limits.set(limits, author)
          taken.limits = true
        })
      }
      return taken
    },
  )
}

async function inForce({ desk }: Api): Promise<SuppressionDraft[]> {
  return (await desk.suppressions()).filter(({ undone }) => undone === null)
}

function same(one: Limits, other: Limits | undefined): boolean {
  return other !== undefined && Object.entries(one).every(([name, value]) => other[name as keyof Limits] === value)
}

/** Two of the same are one, whoever wrote them and in whatever order. */
function keyOf({ match, expires }: SuppressionDraft): string {
  return JSON.stringify([Object.entries(match).sort(([a], [b]) => (a < b ? -1 : 1)), expires])
}

async function attempt(taken: BundleTaken, what: string, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    taken.problems.push(`${what}: ${(error as Error).message}`)
  }
}
