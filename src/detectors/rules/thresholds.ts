import type { Condition } from './condition.ts'
import type { Correlation } from './correlation.ts'
import type { Field } from './field.ts'
import { formatNumber, formatSpan } from './format.ts'
import { showAmount, showNumber } from './message.ts'
import type { Comparison } from './predicate.ts'
import type { Rule } from './rule.ts'

/** One part of the reference: a heading and the rules below it. */
export interface RulePack {
  readonly heading: string
  readonly rules: readonly Rule[]
}

const INTRODUCTION = `# Thresholds

What every rule fires at, written by \`npx tsx scripts/thresholds-doc.ts\` from the rules themselves. A limit is changed in the
rule's file; [rules.md](rules.md) explains the language. Levels from medium on are an anomaly alone; scores of rules that
match the same flow add up.
`

/** The reference of all rules in Markdown. */
export function describeThresholds(packs: readonly RulePack[]): string {
  return [INTRODUCTION, ...packs.map(describePack)].join('\n')
}

function describePack({ heading, rules }: RulePack): string {
  const types = [...new Set(rules.map(({ type }) => type))].sort()
  const rows = types.flatMap((type) => rules.filter((rule) => rule.type === type).map(describeRow))
  const table = ['| Rule | Level | Type, ATT&CK | Fires at | Of flows with |', '|---|---|---|---|---|', ...rows]
  const details = types.flatMap((type) => rules.filter((rule) => rule.type === type).map(describeRule))
  return [`## ${heading}`, '', ...table, '', ...details].join('\n')
}

function describeRow(rule: Rule): string {
  const { id, level, score, type, attack, correlation, condition } = rule
  const fires = correlation === null ? 'every such flow' : describeCorrelation(correlation)
  const cells = [`\`${id}\``, `${level} (${score})`, [type, ...attack].join(', '), fires, describeLimits(condition)]
  return `| ${cells.map(inCell).join(' | ')} |`
}

function describeRule({ id, title, description, tunables, falsePositives, response, file }: Rule): string {
  const pack = file.includes('classic') ? 'rules/classic' : 'rules'
  return [
    `### ${title}`,
    '',
    `${description} [\`${id}\`](../${pack}/${id}.yaml)`,
    '',
    ...tunables.map((line) => (line.startsWith('- ') ? line : `${line}\n`)),
    `- Also seen as: ${falsePositives.map((text) => lowerFirst(text)).join('; ')}.`,
    `- What to do: ${response}`,
    '',
  ].join('\n')
}

function describeCorrelation(correlation: Correlation): string {
  const { type, field, groupBy, timespan, legs } = correlation
  const span = `in ${formatSpan(timespan)} per ${groupBy.map(code).join(', ')}`
  if (type === 'temporal') return `all ${legs.length} selections ${span}`
  const amount = showAmount(correlation, correlation.limit)
  if (type === 'event_count') return `${amount} flows ${span}`
  return type === 'value_count' ? `${amount} different ${code(field!)} ${span}` : `${amount} of ${code(field!)} ${span}`
}

function code({ name }: Field): string {
  return `\`${name}\``
}

const SIGNS: Readonly<Record<Comparison, string>> = { gt: '>', gte: '≥', lt: '<', lte: '≤' }

/** The numbers a flow is compared with; what it must be is said by the description. */
function describeLimits({ predicates }: Condition): string {
  const limits = predicates.flatMap(({ field, limit }) =>
    limit === null ? [] : [`${code(field)} ${SIGNS[limit.comparison]} ${showLimit(field, limit.value)}`],
  )
  return [...new Set(limits)].join(', ')
}

function showLimit(field: Field, value: number): string {
  return field.kind === 'number' && field.unit !== 'packets' ? showNumber(field, value) : formatNumber(value)
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z ]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text
}

function inCell(cell: string): string {
  return cell.replaceAll('|', '\\|')
}
