import { fileURLToPath } from 'node:url'
import type { Config } from './config.ts'
import { createFields } from './detectors/rules/fields.ts'
import { loadRules } from './detectors/rules/load.ts'
import type { Rule } from './detectors/rules/rule.ts'
import { createBlindness } from './engine/blindness.ts'
import { createReporter, type Reporter } from './engine/reporter.ts'
import { FEATURES } from './features/index.ts'
import { createPipeline, type JudgedListener, type Pipeline } from './pipeline.ts'
import { SOURCES, type SourceKind } from './sources/index.ts'
import type { SourceReport } from './sources/source.ts'
import { readLearned, writeLearned } from './store/learned.ts'
import type { Clock } from './types/clock.ts'
import type { Stats } from './types/events.ts'
import type { FeedEvent } from './types/feed.ts'
import type { ReadReport } from './types/report.ts'

/** What to judge, and how: plain data, so that it can be handed to a thread. */
export interface RunRequest {
  config: Config
  source: SourceKind
  /** Captures, in order; `-` is standard input. Empty for a source without files. */
  files: string[]
}

export interface RunHooks {
  clock: Clock
  signal: AbortSignal
  /** Takes what a page shows as it happens. */
  send?: (event: FeedEvent) => void
  /** Bytes done of all (0 when unknown). */
  progress?: (done: number, total: number) => void
  /** Sees every flow judged. */
  judged?: JudgedListener
}

const RULES = fileURLToPath(new URL('../rules', import.meta.url))
const CLASSIC = fileURLToPath(new URL('../rules/classic', import.meta.url))
/** Milliseconds in which what happens is gathered into one event. */
const GATHER = 50
/** Seconds between two writings of what was learned. */
const KEEP = 300

/** Runs an input through the pipeline to its end (a simulator's is the abort) and reports what came of it. */
export async function run(
  request: RunRequest,
  { clock, signal, send, progress, judged }: RunHooks,
): Promise<ReadReport> {
  const { config, source, files } = request
  const pace = createPaceMeter(clock)
  const sources = SOURCES[source]({ ...config, clock, files })
  const stats = (perSecond: number): Stats => ({ ...pipeline.stats(perSecond), blind: blindness(sources) })
  const reporter =
    send === undefined ? null : createReporter({ ...reporterOptions(source), send, stats: () => stats(pace.perSecond) })
  const gather = reporter === null ? () => {} : gatherer(reporter)
  const pipeline = createPipeline({
    config,
    rules: rulesOf(request),
    onJudged(observation, verdict, type, explain) {
      pace.count++
      judged?.(observation, verdict, type, explain)
      reporter?.flow(observation.flow, verdict, type, explain)
      gather()
    },
    onIncident(incident) {
      reporter?.incident(incident)
      gather()
    },
  })
  const blindness = createBlindness(pipeline.blind)
  const { dataDir } = config
  const earlier = dataDir === undefined ? null : readLearned(dataDir)
  if (earlier !== null) pipeline.restore(earlier)
  const keep = (): void => {
    if (dataDir !== undefined) writeLearned(dataDir, pipeline.learned())
  }
  const keepIfPossible = (): void => {
    try {
      keep()
    } catch {
      // Judging goes on; the end of the run says what cannot be written.
    }
  }
  let ticks = 0
  const ticker = setInterval(() => {
    pace.tick()
    reporter?.tick()
    if (++ticks % KEEP === 0) keepIfPossible()
  }, 1000)
  try {
    const reports: SourceReport[] = []
    for (const part of sources) {
      if (!signal.aborted) reports.push(await part.run(pipeline, signal, progress === undefined ? {} : { progress }))
    }
    pipeline.finish()
    keep()
    return report(request, pipeline, reports, stats)
  } finally {
    clearInterval(ticker)
    reporter?.flush()
    reporter?.tick()
  }
}

/** Rules an input is judged by; the classic pack is for made-up traffic, where every long download does not trip it. */
export function rulesOf({ config, source }: RunRequest): Rule[] {
  const classic = config.rules.classic ?? source === 'simulator'
  const folders = [RULES, ...(classic ? [CLASSIC] : []), ...config.rules.folders]
  return loadRules(folders, createFields(FEATURES)).filter((rule) => !config.rules.disabled.includes(rule.id))
}

/** Finds what is wrong with a request before anything is started: throws the `InputError` that `run` would. */
export function checkRequest(request: RunRequest, clock: Clock): { rules: number } {
  SOURCES[request.source]({ ...request.config, clock, files: request.files })
  return { rules: rulesOf(request).length }
}

/** Statistics before the first flow. */
export function emptyStats(config: Config): Stats {
  return { ...createPipeline({ config, rules: [] }).stats(0), blind: [] }
}

function reporterOptions(source: SourceKind) {
  const live = source === 'simulator'
  return { timeline: { interval: live ? 2 : 1, cap: 600, atCap: live ? 'slide' : 'double' } as const }
}

function gatherer(reporter: Reporter): () => void {
  let waiting = false
  return () => {
    if (waiting) return
    waiting = true
    setTimeout(() => {
      waiting = false
      reporter.flush()
    }, GATHER).unref()
  }
}

function createPaceMeter(clock: Clock) {
  let since = clock.now()
  let counted = 0
  return {
    count: 0,
    perSecond: 0,
    tick() {
      const now = clock.now()
      this.perSecond = now > since ? (this.count - counted) / (now - since) : 0
      since = now
      counted = this.count
    },
  }
}

/** Rates are those of the traffic, not of the machine: the same input gives the same report. */
function report(
  { files }: RunRequest,
  pipeline: Pipeline,
  reports: SourceReport[],
  stats: (flowsPerSecond: number) => Stats,
): ReadReport {
  const { first, last } = pipeline.span()
  const { totalPackets } = pipeline.stats(0)
  const total = (of: (report: SourceReport) => number): number => reports.reduce((sum, item) => sum + of(item), 0)
  const undecoded = { ...pipeline.undecoded() }
  for (const { problems } of reports) {
    for (const [reason, count] of Object.entries(problems)) undecoded[reason] = (undecoded[reason] ?? 0) + count
  }
  return {
    input: {
      files,
      packets: total((item) => item.packets),
      bytes: total((item) => item.bytes),
      flows: totalPackets,
      first: Number.isNaN(first) ? null : first,
      last: Number.isNaN(last) ? null : last,
      truncated: reports.some((item) => item.truncated),
      undecoded,
    },
    stats: stats(last > first ? totalPackets / (last - first) : totalPackets),
    incidents: pipeline.incidents(),
  }
}
