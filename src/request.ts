import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Config } from './config.ts'
import { createDecoder } from './decode/decoder.ts'
import { LABEL } from './detectors/isolation-forest/score.ts'
import { createFields } from './detectors/rules/fields.ts'
import { loadRules } from './detectors/rules/load.ts'
import type { Rule } from './detectors/rules/rule.ts'
import { FEATURES } from './features/index.ts'
import { createSource, type SourceSettings } from './sources/index.ts'
import type { SourceContext } from './sources/kind.ts'
import { scenarioOf } from './sources/simulator/scenarios.ts'
import type { Clock } from './types/clock.ts'
import type { Stats } from './types/events.ts'
import { createStatistics } from './verdict/statistics.ts'

/** What to judge, and how: plain data, so that it can be handed to a thread. */
export interface RunRequest {
  config: Config
  /** What to judge: first what is past, in order, then the others at once. */
  sources: SourceSettings[]
  /** Incidents of earlier runs: ids go on from there. */
  incidentsBefore?: number
  /** Folder of rules edited on the page: each takes the place of another of its id. It need not be there. */
  edited?: string
}

const RULES = fileURLToPath(new URL('../rules', import.meta.url))
const CLASSIC = fileURLToPath(new URL('../rules/classic', import.meta.url))

/** Where rules edited on the page are. */
export function editedOf({ dataDir }: Config): Pick<RunRequest, 'edited'> {
  return dataDir === undefined ? {} : { edited: join(dataDir, 'rules') }
}

/** Rules an input is judged by; the classic pack is for made-up traffic alone, and not for all of that. */
export function rulesOf(request: RunRequest): Rule[] {
  const { edited = '', config } = request
  const others = unedited(request)
  if (!existsSync(edited)) return others
  const rules = loadRules([edited], createFields(FEATURES))
  const byId = new Map(rules.map((rule) => [rule.id, rule]))
  const known = new Set(others.map(({ id }) => id))
  const more = rules.filter(({ id }) => !known.has(id) && !config.rules.disabled.includes(id))
  return [...others.map((rule) => byId.get(rule.id) ?? rule), ...more]
}

/** The same before anything was edited on the page. */
export function unedited({ config, sources }: RunRequest): Rule[] {
  const classic = config.rules.classic ?? (sources.length > 0 && sources.every(isForClassicRules))
  const folders = [RULES, ...(classic ? [CLASSIC] : []), ...config.rules.folders]
  return loadRules(folders, createFields(FEATURES)).filter((rule) => !config.rules.disabled.includes(rule.id))
}

function isForClassicRules(source: SourceSettings): boolean {
  return source.kind === 'simulator' && scenarioOf(source.scenario).classicRules
}

/** Finds what is wrong with a request before anything is started: throws the `InputError` that `run` would. */
export function checkRequest(request: RunRequest, clock: Clock): { rules: number } {
  for (const settings of request.sources) createSource(settings, contextOf(request.config, clock))
  return { rules: rulesOf(request).length }
}

/** What sources of a run are made with. */
export function contextOf({ seed, dataDir }: Config, clock: Clock): SourceContext {
  return { seed, dataDir, clock, decoder: createDecoder }
}

/** Statistics before the first flow, without the pipeline that would say the same. */
export function emptyStats({ detection }: Config): Stats {
  const model = { name: LABEL, state: 'learning', learned: 0, needed: detection.warmup } as const
  return {
    ...createStatistics().totals(),
    model: detection.fusion === 'classic' ? model : { ...model, calibrated: 0 },
    ...{ incidents: 0, flowsPerSecond: 0, counters: [], blind: [], sources: [] },
  }
}
