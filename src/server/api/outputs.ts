import { z } from 'zod'
import type { OutputView } from '../../types/api.ts'
import { answer, callerOf, found, type Routes } from './api.ts'

/** Where incidents are told of, beside the page. */
export interface Outputs {
  outputs(): OutputView[]
  /** Sends a message that says it is a test; null when there is no such output. Rejects when it does not arrive. */
  test(name: string): Promise<OutputView | null>
}

/** Outputs: how they fare, and a test of each. */
export const outputs: Routes = (app, { outputs: told, store, now }) => {
  app.get(
    '/api/outputs',
    { schema: { summary: 'Outputs of the settings, and how they fare.', response: { 200: answer('`OutputView[]`') } } },
    () => told?.outputs() ?? [],
  )
  app.post(
    '/api/outputs/:name/test',
    {
      config: { rateLimit: { max: 10, timeWindow: 60_000 } },
      schema: {
        summary: 'Sends a test to an output.',
        params: z.object({ name: z.string().max(64) }),
        response: { 200: answer('`OutputView`'), 502: answer('`{ error }`: it did not arrive') },
      },
    },
    async (request, reply) => {
      const { name } = request.params
      let view: OutputView | null = null
      let problem: string | null = null
      try {
        view = (await told?.test(name)) ?? null
      } catch (error) {
        problem = (error as Error).message
      }
      if (problem === null) found(view, 'there is no output of this name')
      const author = callerOf(request).name
      await store.decide({ time: now(), author, kind: 'output-test', subject: name, content: { problem } }, [])
      return problem === null ? view : reply.code(502).send({ error: `it did not arrive: ${problem}` })
    },
  )
}
