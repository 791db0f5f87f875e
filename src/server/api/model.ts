import type { ModelView } from '../../types/api.ts'
import { answer, callerOf, found, type Routes } from './api.ts'

/** The models in force, and what can be done about them. What is refused rejects with an `InputError`. */
export interface Models {
  describe(): Promise<ModelView>
  /** Learns anew from the flows remembered; what was in force is set aside. */
  retrain(): Promise<ModelView>
  /** Takes up what was set aside, in exchange for what is in force. */
  rollBack(): Promise<ModelView>
}

const NONE = 'nothing is learning here: what is read was judged already'
const ACTS = ['retrain', 'rollback']

/** The model: looked into, trained anew, gone back on. */
export const model: Routes = (app, { feed, store, models, now }) => {
  app.get(
    '/api/model',
    {
      schema: {
        summary: 'What the models have learned.',
        response: { 200: answer('`ModelStatus`, scores of the flows kept, `view: ModelView`, `acts: Decision[]`') },
      },
    },
    async () => {
      const { stats } = feed.snapshot()
      const counters = stats.counters.filter(({ name }) => /^(isolation-forest|ecod|learning|evidence)\./.test(name))
      const [scores, acts, view] = await Promise.all([
        store.scores({ from: now() - 7 * 86_400, to: now() + 60 }),
        store.decisions(ACTS),
        models?.describe().catch(() => null) ?? null,
      ])
      return { ...stats.model, counters, scores, view, acts: acts.toReversed().slice(0, 10) }
    },
  )
  for (const [path, act, summary] of [
    ['retrain', 'retrain', 'Has the model learn anew from the flows it remembers.'],
    ['rollback', 'rollBack', 'Goes back to the model set aside, in exchange for the one in force.'],
  ] as const) {
    app.post(
      `/api/model/${path}`,
      {
        config: { rateLimit: { max: 10, timeWindow: 60_000 } },
        schema: { summary, response: { 200: answer('`ModelView`') } },
      },
      async (request) => {
        const view = await found(models, NONE)[act]()
        const content = { learned: feed.snapshot().stats.model.learned }
        await store.decide({ time: now(), author: callerOf(request).name, kind: path, subject: 'model', content }, [])
        return view
      },
    )
  }
}
