import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Config } from '../config.ts'
import { createFields } from '../detectors/rules/fields.ts'
import { parseRule, type Rule } from '../detectors/rules/rule.ts'
import { FEATURES } from '../features/index.ts'
import { formatAddress } from '../net/address.ts'
import { type RunRequest, rulesOf, unedited } from '../request.ts'
import type { RuleBook } from '../server/api/rules.ts'
import type { Store } from '../store/store.ts'
import type { RuleTrial } from '../types/api.ts'
import { InputError } from '../types/errors.ts'

/** Flows a trial looks at: the newest of the time asked for. */
const MOST = 200_000
const EXAMPLES = 10

/** The rules a run is judged by, read anew each time they are asked for. `reload` has the engine read them and says how many there are. */
export function createRuleBook(request: RunRequest, store: Store, reload: () => Promise<number>): RuleBook {
  const { config, edited } = request
  const fields = createFields(FEATURES)
  const rules = (): Rule[] => rulesOf(request)
  const isEdited = ({ file }: Rule): boolean => edited !== undefined && file.startsWith(edited)
  const parse = (id: string, text: string): Rule => parseRule(text, `${id}.yaml`, fields)

  const fileOf = (id: string): string => {
    if (edited === undefined) throw new InputError('rules are edited in the data folder: start nads with --data-dir')
    return join(edited, `${id}.yaml`)
  }
  /** Puts a text into the folder of edited rules, or none; what the engine does not take is undone. */
  const put = async (id: string, text: string | null): Promise<number> => {
    const file = fileOf(id)
    const before = existsSync(file) ? readFileSync(file, 'utf8') : null
    writeRule(file, text)
    try {
      return await reload()
    } catch (error) {
      writeRule(file, before)
      throw error
    }
  }

  return {
    list() {
      const originals = new Set(unedited(request).map(({ id }) => id))
      return rules().map((rule) => {
        const { id, title, description, status, type, level, response } = rule
        const own = config.rules.folders.some((folder) => rule.file.startsWith(folder))
        return {
          ...{ id, title, description, status, type, level, response, own },
          edited: isEdited(rule),
          replaces: isEdited(rule) && originals.has(id),
          attack: [...rule.attack],
          falsePositives: [...rule.falsePositives],
          tunables: [...rule.tunables],
          file: basename(rule.file),
        }
      })
    },
    text(id) {
      const rule = rules().find((one) => one.id === id)
      return rule === undefined ? null : readFileSync(rule.file, 'utf8')
    },
    original(id) {
      const rule = unedited(request).find((one) => one.id === id)
      return rule === undefined ? null : readFileSync(rule.file, 'utf8')
    },
    async save(id, text) {
      parse(id, text)
      return await put(id, text)
    },
    remove: async (id) => (existsSync(fileOf(id)) ? await put(id, null) : null),
    reload,
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

/** Writes a file whole or not at all; null removes it. */
function writeRule(file: string, text: string | null): void {
  if (text === null) {
    rmSync(file, { force: true })
    return
  }
  try {
    mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 })
    writeFileSync(`${file}.new`, text, { mode: 0o600 })
    renameSync(`${file}.new`, file)
  } catch (error) {
    throw new InputError(`${basename(file)}: cannot be written (${(error as NodeJS.ErrnoException).code})`)
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
