import { createBlindness } from './engine/blindness.ts'
import { createReporter } from './engine/reporter.ts'
import { createModelBook, type ModelBook } from './model-book.ts'
import { createPipeline, type JudgedListener, type Pipeline } from './pipeline.ts'
import { contextOf, type RunRequest, rulesOf } from './request.ts'
import { createRunning } from './running.ts'
import { isPast, type SourceSettings } from './sources/index.ts'
import type { SourceReport } from './sources/source.ts'
import type { FlowBatch } from './store/flow-batch.ts'
import { readLearned, writeLearned } from './store/learned.ts'
import { createRecorder } from './store/recorder.ts'
import type { Clock } from './types/clock.ts'
import type { Stats } from './types/events.ts'
import type { FeedEvent } from './types/feed.ts'
import type { HostView } from './types/host.ts'
import type { ReadReport } from './types/report.ts'

/** Takes what is to be kept. */
export interface HistoryHooks {
  flows(batch: FlowBatch): void
  /** What is known of hosts, once a minute. */
  hosts(list: HostView[]): void
}

export interface RunHooks {
  clock: Clock
  signal: AbortSignal
  /** Takes what a page shows as it happens. */
  send?: (event: FeedEvent) => void
  /** Bytes done of all (0 when unknown). */
  progress?: (done: number, total: number) => void
  /** Is handed what reads the rules anew: it returns how many there are, or throws the `InputError` of a broken one, changing nothing. */
  reloadable?: (reload: () => number) => void
  /** Is handed what tells of the models and has them learn anew. */
  models?: (book: ModelBook) => void
  /** Sees every flow judged. */
  judged?: JudgedListener
  history?: HistoryHooks
}

/** Seconds between two events in which what happened meanwhile is gathered; after a quiet while what happens is told at once. */
const GATHER = 0.05
/** Seconds between two writings of what was learned. */
const KEEP = 300
/** Seconds between two looks at the hosts, and until the first; hosts told of at most. */
const MINUTE = 60
const FIRST = 5
const HOSTS = 5_000

/** Runs sources through the pipeline to their end (a live one's is the abort) and reports what came of it. */
export async function run(
  request: RunRequest,
  { clock, signal, send, progress, reloadable, models, judged, history }: RunHooks,
): Promise<ReadReport> {
  const { config, sources } = request
  const pace = createPaceMeter(clock)
  const stats = (flowsPerSecond: number): Stats => {
    const judged = pipeline.stats()
    const counters = [...running.counters(), ...judged.counters]
    return { ...judged, flowsPerSecond, counters, blind: blindness(running.parts), sources: running.stats() }
  }
  const reporter =
    send === undefined
      ? null
      : createReporter({ ...reporterOptions(sources), send, stats: () => stats(pace.perSecond) })
  const recorder = history === undefined ? null : createRecorder((batch) => history.flows(batch))
  const flush = (): void => {
    reporter?.flush()
    recorder?.flush()
  }
  const gather = reporter === null && recorder === null ? () => {} : gatherer(flush, clock)
  const pipeline = createPipeline({
    config,
    incidentsBefore: request.incidentsBefore ?? 0,
    rules: rulesOf(request),
    onJudged(observation, verdict, type, explain, incident) {
      pace.count++
      judged?.(observation, verdict, type, explain, incident)
      reporter?.flow(observation.flow, verdict, type, explain)
      recorder?.flow(observation.flow, { verdict, type, incident })
      gather()
    },
    onIncident(incident) {
      reporter?.incident(incident)
      gather()
    },
  })
  reloadable?.(() => {
    const rules = rulesOf(request)
    pipeline.reload(rules)
    return rules.length
  })
  const blindness = createBlindness(pipeline.blind)
  const { dataDir } = config
  const running = createRunning(sources, contextOf(config, clock), pipeline)
  const earlier = dataDir === undefined ? null : readLearned(dataDir)
  if (earlier !== null) pipeline.restore(earlier)
  const book = createModelBook(pipeline, dataDir, () => clock.now())
  models?.(book)
  const keep = (): void => {
    if (dataDir !== undefined) writeLearned(dataDir, pipeline.learned())
  }
  const keepIfPossible = (): void => {
    try {
      keep()
      book.keep()
    } catch {
      // Judging goes on; the end of the run says what cannot be written.
    }
  }
  let ticks = 0
  const ticker = setInterval(() => {
    pace.tick()
    reporter?.tick()
    if (++ticks % KEEP === 0) keepIfPossible()
    if (ticks % MINUTE === FIRST) history?.hosts(pipeline.hosts(HOSTS))
  }, 1000)
  try {
    const reports = await running.run(signal, progress === undefined ? {} : { progress })
    pipeline.finish()
    keep()
    return report(request, pipeline, reports, stats)
  } finally {
    clearInterval(ticker)
    flush()
    reporter?.tick()
    history?.hosts(pipeline.hosts(HOSTS))
  }
}

function reporterOptions(sources: readonly SourceSettings[]) {
  const live = !sources.every(isPast)
  return { timeline: { interval: live ? 2 : 1, cap: 600, atCap: live ? 'slide' : 'double' } as const }
}

function gatherer(flush: () => void, clock: Clock): () => void {
  let waiting = false
  let last = Number.NEGATIVE_INFINITY
  const tell = (): void => {
    waiting = false
    last = clock.now()
    flush()
  }
  return () => {
    if (waiting) return
    waiting = true
    setTimeout(tell, Math.max(0, GATHER - (clock.now() - last)) * 1000).unref()
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
  { sources }: RunRequest,
  pipeline: Pipeline,
  reports: readonly SourceReport[],
  stats: (flowsPerSecond: number) => Stats,
): ReadReport {
  const { first, last } = pipeline.span()
  const { totalPackets } = pipeline.stats()
  const total = (of: (report: SourceReport) => number): number => reports.reduce((sum, item) => sum + of(item), 0)
  const undecoded = { ...pipeline.undecoded() }
  for (const { problems } of reports) {
    for (const [reason, count] of Object.entries(problems)) undecoded[reason] = (undecoded[reason] ?? 0) + count
  }
  return {
    input: {
      files: sources.flatMap((source) => (source.kind === 'read' ? source.files : [])),
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
