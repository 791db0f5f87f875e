import { z } from 'zod'
import { ATTACK_TYPES } from '../../types/attack.ts'
import { LEVELS } from '../../types/verdict.ts'
import { didYouMean } from './suggest.ts'

export const CORRELATIONS = ['event_count', 'value_count', 'value_sum', 'temporal'] as const
/** Flows counted, different values of a field counted, values of a field added up, or all of some selections seen. */
export type CorrelationType = (typeof CORRELATIONS)[number]

export const STATUSES = ['experimental', 'test', 'stable'] as const

function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, {
    error: (issue) =>
      issue.input === undefined
        ? 'is missing'
        : `"${issue.input}" is not allowed${didYouMean(String(issue.input), values)}; allowed: ${values.join(', ')}`,
  })
}

const sentence = z.string({ error: said('a text') }).min(1, 'may not be empty')
const sentences = z.array(sentence, { error: said('a list of texts') })

function said(what: string) {
  return (issue: { input?: unknown }): string => (issue.input === undefined ? 'is missing' : `must be ${what}`)
}

const timespan = z
  .string({ error: said('a number with s, m, h or d, such as 30s or 5m') })
  .regex(/^[1-9]\d{0,5}[smhd]$/, 'must be a number with s, m, h or d, such as 30s or 5m')

/** Shape of a rule file; what a selection holds is checked against the fields when it is compiled. */
export const ruleSchema = z.strictObject({
  title: sentence,
  id: z
    .string({ error: said('a text') })
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be words of a-z and 0-9 joined by hyphens'),
  status: oneOf(STATUSES),
  description: sentence,
  references: sentences.optional(),
  tags: z
    .array(z.string().regex(/^[a-z]+\.[a-z0-9._-]+$/, 'must look like attack.t1046'), { error: said('a list') })
    .optional(),
  logsource: z.strictObject(
    { category: z.literal('flow', { error: 'must be flow' }) },
    { error: said('{ category: flow }') },
  ),
  detection: z.record(z.string(), z.unknown(), { error: said('named selections and a condition') }),
  correlation: z
    .strictObject({
      type: oneOf(CORRELATIONS),
      field: sentence.optional(),
      selections: z
        .array(sentence, { error: said('a list of selections') })
        .min(2, 'needs two at least')
        .optional(),
      aliases: z
        .record(z.string(), z.record(z.string(), sentence), { error: said('names with fields by selection') })
        .optional(),
      'group-by': z.array(sentence, { error: said('a list of fields') }).min(1, 'needs at least one field'),
      timespan,
      condition: z.strictObject({ gte: z.number({ error: said('a number') }).positive('must be above 0') }).optional(),
    })
    .optional(),
  falsepositives: sentences.optional(),
  level: oneOf(LEVELS),
  type: oneOf(ATTACK_TYPES),
  score: z
    .number({ error: said('a number') })
    .min(0, 'must be 0 to 0.95')
    .max(0.95, 'must be 0 to 0.95')
    .optional(),
  response: sentence,
  message: sentence.optional(),
})

/** A rule file as it is written. */
export type RuleFile = z.infer<typeof ruleSchema>

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const

/** Seconds of a timespan such as `5m`. */
export function secondsOf(timespan: string): number {
  return Number(timespan.slice(0, -1)) * UNITS[timespan.at(-1) as keyof typeof UNITS]
}
