import type { Quantity } from '../../types/host.ts'
import type { Observation } from '../../types/observation.ts'
import type { Finding, Normal, Reason } from '../../types/verdict.ts'
import { ownNormal } from '../ecod/own-normal.ts'
import type { Beginning } from './beginnings.ts'
import type { Correlation } from './correlation.ts'
import { EXACT } from './distinct.ts'
import type { Field } from './field.ts'
import { formatAge, formatNumber, formatQuantity, formatSpan } from './format.ts'
import { showAmount, showField, showNumber } from './message.ts'
import type { Comparison, Predicate } from './predicate.ts'
import type { Rule } from './rule.ts'

const DETECTOR = 'rules'

/** The finding of a rule: what it is called, what to do, and where its evidence began. */
export function findingOf(rule: Rule, since: Beginning | null): Finding {
  const { type, attack, level, by, response, id, title, correlation } = rule
  const finding = { type, attack, level, by, response, rule: id, title }
  if (since === null || correlation === null || isOfOthers(correlation)) return finding
  return { ...finding, since: { ...since, within: correlation.timespan } }
}

/** What came together with a flow may have been somebody else's, where the group names no source. */
function isOfOthers({ type, groupBy }: Correlation): boolean {
  return type === 'temporal' && !groupBy.some(({ name }) => name.startsWith('src_'))
}

/** Why `rule` matched this flow, in sentences with numbers; `count` is what its correlation came to, `share` its part of the score. */
export function reasonsOf(rule: Rule, observation: Observation, count: number, share: number): Reason[] {
  if (rule.correlation !== null) return [correlationReason(rule, rule.correlation, observation, count, share)]
  const because = rule.condition.because(observation)
  const limits = because.filter((predicate) => predicate.limit !== null)
  const said = (limits.length > 0 ? limits : because).map((predicate) => predicateReason(rule, predicate, observation))
  if (rule.message === null) return said.map((reason) => withNormal({ ...reason, share: share / said.length }))
  const text = rule.message(observation, '')
  return [withNormal({ ...(said[0] ?? nothingElse(rule)), text, share })]
}

/** Says behind the sentence what is usual for the host itself, where that is known. */
function withNormal(reason: Reason): Reason {
  const { normal, unit, text } = reason
  return normal === undefined ? reason : { ...reason, text: `${text}; ${usual(normal, unit ?? '')}` }
}

function usual({ p99, never, age }: Normal, unit: string): string {
  const past = never ? `, never this much in ${formatAge(age)}` : ''
  return `this host's own 99th percentile is ${formatQuantity(p99, unit)} a minute${past}`
}

function correlationReason(
  rule: Rule,
  correlation: Correlation,
  observation: Observation,
  count: number,
  share: number,
): Reason {
  const shown = showCount(correlation, count)
  const text = rule.message?.(observation, shown) ?? countSentence(correlation, observation, shown)
  const normal = ownNormal(observation.context, quantityOf(correlation), count)
  return withNormal({
    detector: DETECTOR,
    rule: rule.id,
    text,
    feature: featureOf(correlation),
    label: countLabel(correlation),
    unit: unitOf(correlation),
    observed: count,
    expected: `< ${showAmount(correlation, correlation.limit)}`,
    limit: correlation.limit,
    ...(normal && { normal }),
    share,
  })
}

/** What of a host's own baseline a count can be held against: the same thing counted in about a minute. */
function quantityOf({ type, field, groupBy, timespan }: Correlation): Quantity | undefined {
  if (timespan !== MINUTE || groupBy.length !== 1) return undefined
  return COUNTED[[type, field?.name ?? '', groupBy[0]!.name].join()]
}

const MINUTE = 60
const COUNTED: Readonly<Record<string, Quantity>> = {
  'value_count,dst_port,src_address': 'ports_60s',
  'value_count,dst_address,src_address': 'fanout_60s',
  'value_sum,forward_bytes,src_address': 'bytes_out_60s',
  'value_count,src_address,dst_address': 'served_fanin_60s',
}

function unitOf({ type, field }: Correlation): string {
  return type === 'value_sum' && field?.kind === 'number' ? field.unit : ''
}

/** What is counted, in words: `flows within 60 s`, `different destination ports within 60 s`. */
export function countLabel({ type, field, timespan }: Correlation): string {
  const what =
    field === null
      ? type === 'temporal'
        ? 'steps seen'
        : 'flows'
      : type === 'value_sum'
        ? field.label
        : `different ${plural(field.label)}`
  return `${what} within ${formatSpan(timespan)}`
}

function plural(label: string): string {
  return label.includes(' of ') ? `values of ${label}` : `${label}${label.endsWith('s') ? 'es' : 's'}`
}

/** The name reasons give to what a correlation counts. */
export function featureOf({ type, field }: Correlation): string {
  if (field === null) return type === 'temporal' ? 'selections' : 'flows'
  return type === 'value_count' ? `distinct ${field.name}` : field.name
}

/** Counts above what is held exactly are estimates, and said to be. */
function showCount(correlation: Correlation, count: number): string {
  if (correlation.type === 'value_count' && count > EXACT) return `about ${formatNumber(Number(count.toPrecision(2)))}`
  return showAmount(correlation, count)
}

function countSentence(correlation: Correlation, observation: Observation, shown: string): string {
  const { field, groupBy, timespan, type, limit } = correlation
  const what =
    type === 'event_count'
      ? 'flows'
      : type === 'value_sum'
        ? `${field!.label} in all`
        : `different values of ${field!.label}`
  const where = groupBy.map((group) => groupPhrase(group, observation)).join(' ')
  return `${shown} ${what} ${where} in ${formatSpan(timespan)}, limit ${showAmount(correlation, limit)}`
}

function groupPhrase(field: Field, observation: Observation): string {
  const value = showField(field, observation)
  if (field.name === 'src_address') return `from ${value}`
  if (field.name === 'dst_address') return `to ${value}`
  return `with ${field.label} ${value}`
}

const SIGNS: Readonly<Record<Comparison, [normal: string, words: string]>> = {
  gt: ['<=', 'limit'],
  gte: ['<', 'limit'],
  lt: ['>=', 'fewer than'],
  lte: ['>', 'no more than'],
}

function predicateReason(rule: Rule, predicate: Predicate, observation: Observation): Reason {
  const { field, limit, values } = predicate
  const base = { detector: DETECTOR, rule: rule.id, feature: field.name, label: field.label, share: 0 }
  if (limit === null || field.kind !== 'number') {
    const observed = showField(field, observation)
    return { ...base, text: `${field.label} is ${observed}`, observed, expected: `not ${values}` }
  }
  const observed = field.get(observation)
  const [normal, words] = SIGNS[limit.comparison]
  const text = `${amount(field, observed)}, ${words} ${formatNumber(limit.value)}`
  const own = ownNormal(observation.context, field.own, observed)
  return {
    ...base,
    unit: field.unit,
    text,
    observed,
    expected: `${normal} ${formatNumber(limit.value)}`,
    limit: limit.value,
    ...(own && { normal: own }),
  }
}

/** `1,204 packets`; `bytes per second 5,000 B/s`; never `packets 1,204 packets`. */
function amount(field: Field & { kind: 'number' }, value: number): string {
  if (field.label === field.unit) return showNumber(field, value)
  return field.label === 'bytes' ? `${formatNumber(value)} bytes` : `${field.label} ${showNumber(field, value)}`
}

function nothingElse(rule: Rule): Reason {
  return {
    detector: DETECTOR,
    rule: rule.id,
    text: '',
    feature: 'rule',
    observed: rule.id,
    expected: 'no match',
    share: 0,
  }
}
