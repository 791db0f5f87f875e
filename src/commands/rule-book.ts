import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Config } from '../config.ts'
import { createFields } from '../detectors/rules/fields.ts'
import { parseRule, type Rule } from '../detectors/rules/rule.ts'
import { FEATURES } from '../features/index.ts'
import { formatAddress } from '../net/address.ts'
import { type RunRequest, rulesOf } from '../request.ts'
import type { RuleBook } from '../server/api/rules.ts'
import type { Store } from '../store/store.ts'
import type { RuleTrial } from '../types/api.ts'
import { InputError } from '../types/errors.ts'

/** Flows a trial looks at: the newest of the time asked for. */
const MOST = 200_000
const EXAMPLES = 10

/** The rules a run is judged by, read anew each time they are asked for. */
export function createRuleBook(request: RunRequest, store: Store): RuleBook {
  const { config } = request
  const fields = createFields(FEATURES)
  const rules = (): Rule[] => rulesOf(request)
  const parse = (id: string, text: string): Rule => parseRule(text, `${id}.yaml`, fields)

  return {
    list: () =>
      rules().map((rule) => {
        const { id, title, description, status, type, level, response } = rule
        const own = config.rules.folders.some((folder) => rule.file.startsWith(folder))
        return {
          ...{ id, title, description, status, type, level, response, own },
          attack: [...rule.attack],
          falsePositives: [...rule.falsePositives],
          tunables: [...rule.tunables],
          file: basename(rule.file),
        }
      }),
    text(id) {
      const rule = rules().find((one) => one.id === id)
      return rule === undefined ? null : readFileSync(rule.file, 'utf8')
    },
    check(id, text) {
      try {
        parse(id, text)
        return null
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        const [, line, message] = /^[^:]*:(\d+):\d+: (.*)$/s.exec(error.message) ?? [null, null, error.message]
        return { line: line === null ? null : Number(line), message: message! }
      }
    },
    try: (id, text, span) => trial(parse(id, text), config, store, span),
  }
}

/** Judges the flows kept by this rule alone, on the same path as live ones. */
async function trial(
  rule: Rule,
  config: Config,
  store: Store,
  { from, to }: { from: number; to: number },
): Promise<RuleTrial> {
  const { createPipeline } = await import('../pipeline.ts')
  const found: RuleTrial = { flows: 0, matched: 0, incidents: 0, from, to, examples: [] }
  const pipeline = createPipeline({
    config: { ...config, flows: { ...config.flows, cap: 16 } },
    rules: [rule],
    kinds: ['rule'],
    onJudged({ flow }, { anomaly }) {
      found.flows++
      if (!anomaly) return
      found.matched++
      if (found.examples.length >= EXAMPLES) return
      const [source, destination] = [formatAddress(flow.address, 0), formatAddress(flow.address, 4)]
      found.examples.push({ time: flow.last, source, destination, dstPort: flow.dstPort })
    },
  })
  const intake = pipeline.intake('history')
  await store.eachFlow({ from, to }, (flow) => intake.flow(flow), MOST)
  pipeline.finish()
  return { ...found, incidents: pipeline.incidents().length }
}
