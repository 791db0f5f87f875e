import { z } from 'zod'
import { EMAIL } from './email.ts'
import type { Channel } from './kind.ts'
import { SYSLOG } from './syslog.ts'
import { WEBHOOK } from './webhook.ts'

/** Every kind of output. A new one is a file here and a line in this list. */
const KINDS = [WEBHOOK, SYSLOG, EMAIL] as const

/** One entry of `outputs` in the settings. */
export const outputSchema = z.discriminatedUnion('kind', [WEBHOOK.schema, SYSLOG.schema, EMAIL.schema], {
  error: `must be one of ${KINDS.map(({ kind }) => kind).join(', ')}`,
})
export type OutputSettings = z.infer<typeof outputSchema>

export function createChannel(settings: OutputSettings): Channel {
  const kind = KINDS.find((candidate) => candidate.kind === settings.kind)!
  return kind.create(settings as never)
}

/** Settings each kind knows, for messages. */
export function outputSettingsOf(kind: unknown): string[] {
  const found = KINDS.find((candidate) => candidate.kind === kind)
  return found === undefined ? [] : Object.keys(found.schema.shape)
}
