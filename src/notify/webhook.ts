import { z } from 'zod'
import { outputKind } from './kind.ts'

const header = z
  .string()
  .max(4_096)
  .regex(/^[\t\x20-\x7e]*$/, 'must be printable ASCII')

/**
 * `webhook`: an HTTP POST, as JSON or, for receivers such as ntfy, as plain text. A redirect is a failure: what was configured is
 * where it goes.
 */
export const WEBHOOK = outputKind(
  'webhook',
  {
    url: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }),
    format: z.enum(['json', 'text']).default('json'),
    headers: z.record(z.string().regex(/^[\w-]{1,64}$/), header).default({}),
  },
  ({ url, format, headers }) => ({
    target: new URL(url).host,
    async send({ id, title, text, severity, time, incident }, signal) {
      const json = format === 'json'
      const body = json ? JSON.stringify({ id, title, text, severity, time, incident }) : `${title}\n${text}`
      const type = json ? 'application/json' : 'text/plain; charset=utf-8'
      const response = await fetch(url, {
        ...{ method: 'POST', body, signal, redirect: 'error' },
        headers: { 'content-type': type, ...headers },
      })
      await response.body?.cancel()
      if (!response.ok) throw new Error(`it answered ${response.status}`)
    },
  }),
)
