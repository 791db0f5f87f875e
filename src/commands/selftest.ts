import { Command, Option } from 'commander'
import type { Config } from '../config.ts'
import {
  byEngine,
  type Engine,
  type SelftestResult,
  selftest,
  type Told,
  type Trial,
  type Watched,
} from '../evaluate/selftest.ts'
import { selftestJson, selftestText } from '../evaluate/selftest-report.ts'
import { createPipeline, type Pipeline, type PipelineOptions } from '../pipeline.ts'
import { rulesOf } from '../request.ts'
import { campaignOf, campaigns } from '../sources/simulator/campaigns/index.ts'
import { createTraffic } from '../sources/simulator/traffic.ts'
import { InputError } from '../types/errors.ts'
import { configOf, detectionOptions, number } from './options.ts'
import { createProgress } from './progress.ts'

const HOW = `
A simulated household is watched for a day in which nobody attacks. Then every variant of every family is staged by itself,
half an hour after a start with what was learned in that day, and judged three times: by the rules and detectors that know
patterns, by the model without them, and by all as in use (hybrid), each with the alert budget of the settings. It counts
as found when an incident that names attacker and victim (where there is one of each) is raised, or takes another name,
before it ends or at most 30 seconds later, by the clock of the traffic. Incidents that belong to no campaign are false.
The model has no names for what it finds.

Exit codes: 0 hybrid found all, 1 it missed a variant, 2 something in the input is wrong.`

/** Seconds watched after a campaign, so that late incidents are seen to be late. */
const AFTERWARDS = 60

/** `nads selftest`: stages every attack the simulator knows and says which were found. */
export function selftestCommand(): Command {
  const command = new Command('selftest')
    .description('Stage every attack the simulator knows and say which are found.')
    .option('--family <name...>', `only these: ${campaigns.map(({ family }) => family).join(', ')}`)
    .option('--hours <n>', 'hours without attacks before, to learn from; 0 is a cold start', number, 24)
    .addOption(new Option('--format <name>', 'how to print the result').choices(['text', 'json']).default('text'))
    .addHelpText('after', HOW)
  return detectionOptions(command).action((options) => {
    const result = runSelftest(configOf(options), options.family as string[] | undefined, options.hours as number)
    process.stdout.write(options.format === 'json' ? `${JSON.stringify(selftestJson(result))}\n` : selftestText(result))
    if (result.missed.length > 0) process.exitCode = 1
  })
}

/** Runs it. Throws an `InputError` for a family there is not. */
export function runSelftest(config: Config, families: readonly string[] | undefined, hours: number): SelftestResult {
  if (!(hours >= 0 && hours <= 1_000)) throw new InputError(`--hours: ${hours} is not from 0 to 1000`)
  const chosen = families === undefined ? campaigns : [...new Set(families)].map(campaignOf)
  const variants = chosen.flatMap(({ family, variants }) => variants.map((variant) => ({ family, variant })))
  const progress = createProgress('staging attacks', process.stderr, (done, total) => `${done} of ${total}`)
  try {
    return selftest({
      seed: config.seed,
      variants,
      quietHours: hours,
      watch: createWatch(config),
      progress: progress.update,
    })
  } finally {
    progress.clear()
  }
}

/** Has rules, model and both judge the same traffic; what they learned of an undisturbed one they know from then on. */
function createWatch(config: Config): (trial: Trial) => Watched {
  const rules = rulesOf({ config, sources: [] })
  const { rate } = config.simulator
  let learned: Record<Engine, Learned> | null = null
  return ({ seed, start, peace, ...staging }) => {
    const settings = { ...config, flows: { ...config.flows, cap: 16 } }
    const judge = (engine: Engine) => createJudge({ config: settings, rules, ...KINDS[engine] }, learned?.[engine])
    const judges = byEngine(judge)
    const quiet = staging.family === undefined
    const traffic = createTraffic({ seed, start, peace, rate, scenario: quiet ? 'quiet' : 'campaigns', ...staging })
    const end = (): number => (quiet ? start + peace : (traffic.truth[0]?.end ?? Number.POSITIVE_INFINITY) + AFTERWARDS)
    while (start + traffic.ticks / rate < end()) {
      traffic.tick((flow) => {
        judges.rules.flow(flow)
        judges.model.flow(flow)
        judges.hybrid.flow(flow)
      })
    }
    if (quiet) learned = byEngine((engine) => judges[engine].learned())
    const incidents = byEngine((engine) => judges[engine].told())
    return { staged: traffic.truth[0] ?? null, incidents, seconds: traffic.ticks / rate }
  }
}

const KINDS: Record<Engine, Pick<PipelineOptions, 'kinds'>> = {
  rules: { kinds: ['rule'] },
  model: { kinds: ['model'] },
  hybrid: {},
}

type Learned = Parameters<Pipeline['restore']>[0]

/** A pipeline that remembers when each incident was first told under each of its names. */
function createJudge(options: PipelineOptions, learned: Learned | undefined) {
  const names = new Map<string, Map<string, number>>()
  const pipeline = createPipeline({
    ...options,
    onIncident({ id, type }) {
      const known = names.get(id) ?? new Map<string, number>()
      if (!known.has(type)) known.set(type, pipeline.span().last)
      names.set(id, known)
    },
  })
  if (learned !== undefined) pipeline.restore(learned)
  return {
    flow: pipeline.flow,
    learned: (): Learned => ({ version: 2, ...pipeline.learned() }),
    told(): Told[] {
      pipeline.finish()
      return pipeline.incidents().map((incident) => ({ incident, names: names.get(incident.id)! }))
    },
  }
}
