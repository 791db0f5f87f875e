import { z } from 'zod'
import type { FlowRecord } from '../../types/flow.ts'
import type { Observation } from '../../types/observation.ts'
import { createRuleDetector } from './detector.ts'
import { readDocument } from './document.ts'
import type { Rule } from './rule.ts'
import { expandFlows } from './test-flows.ts'

const caseSchema = z.strictObject({
  name: z.string().min(1),
  flows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))).min(1),
})
const testSchema = z.strictObject({ fires: z.array(caseSchema).min(1), silent: z.array(caseSchema).min(1) })

/** A case of a rule's test: flows, and whether the rule must match at least one of them. */
export interface RuleCase {
  name: string
  fires: boolean
  flows: FlowRecord[]
}

/** What a flow is seen as: made anew for each case, since what is known of hosts grows with each flow. */
export type Observer = (flow: FlowRecord) => Observation

/** Reads a `*.test.yaml`. Throws an `InputError` naming file and line. */
export function parseRuleTest(text: string, file: string): RuleCase[] {
  const { content, error } = readDocument(text, file, testSchema)
  return (['fires', 'silent'] as const).flatMap((kind) =>
    content[kind].map(({ name, flows }, index) => ({
      name,
      fires: kind === 'fires',
      flows: expandFlows(flows, (at, key, message) => error([kind, index, 'flows', at, key], message)),
    })),
  )
}

/** How many flows of the case the rule matches, judged alone. */
export function countMatches(rule: Rule, flows: readonly FlowRecord[], observe: Observer): number {
  const detector = createRuleDetector({ rules: [rule], seed: 1 })
  return flows.filter((flow) => detector.score(observe(flow)) > 0).length
}
