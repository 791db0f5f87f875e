import type { AttackType } from '../../types/attack.ts'
import type { Level } from '../../types/verdict.ts'
import type { Condition } from './condition.ts'
import { type Correlation, compileCorrelation } from './correlation.ts'
import { compileDetection } from './detection.ts'
import { readDocument } from './document.ts'
import type { Fields } from './field.ts'
import { compileMessage, type Message } from './message.ts'
import { ruleSchema } from './schema.ts'

/** One rule, checked and compiled. */
export interface Rule {
  readonly id: string
  readonly title: string
  readonly file: string
  /** The text of the file: two rules of the same text are the same. */
  readonly text: string
  readonly status: string
  readonly description: string
  /** What may be changed and why it is as it is: the comment on top of the file, a line or item each. */
  readonly tunables: readonly string[]
  readonly references: readonly string[]
  /** ATT&CK technique ids, `T1046`. */
  readonly attack: readonly string[]
  readonly type: AttackType
  readonly level: Level
  readonly score: number
  readonly response: string
  readonly falsePositives: readonly string[]
  readonly message: Message | null
  readonly condition: Condition
  readonly correlation: Correlation | null
  /** Whose doing its incident is told as. */
  readonly by: 'source' | 'target' | 'network'
}

/** What a rule scores by its level: medium and above are an anomaly on their own. */
export const LEVEL_SCORE: Readonly<Record<Level, number>> = {
  informational: 0.1,
  low: 0.4,
  medium: 0.75,
  high: 0.9,
  critical: 0.95,
}

/** Checks and compiles the text of a rule file. Throws an `InputError` naming file, line and what is allowed. */
export function parseRule(text: string, file: string, fields: Fields): Rule {
  const { content, error } = readDocument(text, file, ruleSchema)
  const name = file
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.ya?ml$/, '')
  if (content.id !== name) throw error(['id'], `id must equal the file name: ${name}`)
  const detection = compileDetection(content.detection, fields, error)
  const correlation = compileCorrelation(content.correlation, detection, fields, error)
  if (correlation?.type === 'temporal' && content.message === undefined)
    throw error(['correlation', 'type'], 'temporal needs a message')
  return {
    id: content.id,
    title: content.title,
    file,
    text,
    status: content.status,
    description: content.description,
    tunables: commentOnTop(text),
    references: content.references ?? [],
    attack: techniques(content.tags ?? []),
    type: content.type,
    level: content.level,
    score: content.score ?? LEVEL_SCORE[content.level],
    response: content.response,
    falsePositives: content.falsepositives ?? [],
    message:
      content.message === undefined
        ? null
        : compileMessage(content.message, fields, correlation, (text) => error(['message'], text)),
    condition: detection.condition,
    correlation,
    by: correlation === null ? 'source' : leaderOf(correlation),
  }
}

/** `attack.t1110.001` is the technique T1110.001; tactics have no number. */
function techniques(tags: readonly string[]): string[] {
  return tags
    .filter((tag) => /^attack\.t\d{4}(\.\d{3})?$/.test(tag))
    .map((tag) => tag.slice('attack.'.length).toUpperCase())
}

/** Lines of the comment before the first key; what is indented goes on the line before. */
function commentOnTop(text: string): string[] {
  const lines: string[] = []
  for (const line of text.split('\n')) {
    if (!line.startsWith('#')) break
    const content = line.replace(/^# ?/, '')
    if (content.startsWith('  ') && lines.length > 0) lines.push(`${lines.pop()} ${content.trim()}`)
    else lines.push(content.trimEnd())
  }
  return lines
}

/** Of selections that come together, whoever completes them leads. A group that names neither end is an affair of the whole network. */
function leaderOf({ type, groupBy }: Correlation): Rule['by'] {
  if (type === 'temporal') return 'source'
  const names = groupBy.map((field) => field.name)
  if (names.some((name) => name.startsWith('src_') && name !== 'src_port')) return 'source'
  return names.includes('dst_address') ? 'target' : 'network'
}
