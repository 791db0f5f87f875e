import type { Intake } from './intake.ts'
import type { Pipeline } from './pipeline.ts'
import { createSource, isPast, type SourceSettings } from './sources/index.ts'
import type { SourceContext } from './sources/kind.ts'
import type { Source, SourceOptions, SourceReport } from './sources/source.ts'
import type { Counter, SourceHealth, SourceStats } from './types/events.ts'

/** The sources of a run, each pushing into a place of its own in one pipeline. */
export interface Running {
  /**
   * Runs those that read what is past, in order, then all others at once, to their ends or until `signal` aborts. Rejects with
   * the first fault, once all have stopped.
   */
  run(signal: AbortSignal, options: SourceOptions): Promise<SourceReport[]>
  /** All of which the sources consist. */
  readonly parts: readonly Source[]
  /** What they count beside, added up. */
  counters(): Counter[]
  /** How each fares, in the order of the settings. */
  stats(): SourceStats[]
}

interface One {
  settings: SourceSettings
  /** Read one after the other, as one input. */
  parts: readonly Source[]
  current: Source | undefined
  intake: Intake
  state: SourceHealth['state']
  detail: string
}

const WELL: Omit<SourceHealth, 'state' | 'detail'> = {
  dropped: {},
  loss: { share: 0, seconds: 0 },
  gaps: [],
  gapCount: 0,
}

/** Throws the `InputError` of settings that cannot be. */
export function createRunning(sources: readonly SourceSettings[], context: SourceContext, pipeline: Pipeline): Running {
  const all = sources.map((settings): One => {
    const parts = createSource(settings, context)
    const intake = pipeline.intake(settings.name, !isPast(settings))
    return { settings, parts, current: undefined, intake, state: 'waiting', detail: '' }
  })

  const runOne = async (one: One, signal: AbortSignal, options: SourceOptions): Promise<SourceReport[]> => {
    const reports: SourceReport[] = []
    one.state = 'running'
    try {
      for (const part of one.parts) {
        one.current = part
        if (!signal.aborted) reports.push(await part.run(one.intake, signal, options))
      }
      one.state = 'ended'
      return reports
    } catch (error) {
      one.state = 'failed'
      one.detail = error instanceof Error ? error.message : String(error)
      throw error
    } finally {
      one.intake.end()
    }
  }

  return {
    async run(signal, options) {
      const reports: SourceReport[] = []
      for (const one of all.filter(({ settings }) => isPast(settings))) {
        if (!signal.aborted) reports.push(...(await runOne(one, signal, options)))
      }
      const fault = new AbortController()
      const either = AbortSignal.any([signal, fault.signal])
      const rest = all.filter(({ settings }) => !isPast(settings) && !signal.aborted)
      const ends = await Promise.allSettled(
        rest.map((one) =>
          runOne(one, either, options).catch((error: unknown) => {
            fault.abort(error)
            throw error
          }),
        ),
      )
      if (fault.signal.aborted) throw fault.signal.reason
      return [...reports, ...ends.flatMap((end) => (end.status === 'fulfilled' ? end.value : []))]
    },
    parts: all.flatMap(({ parts }) => parts),
    counters: () => added(all.flatMap(({ parts }) => parts)),
    stats: () =>
      all.map(({ settings: { name, kind }, current, intake: { flows, packets, bytes }, state, detail }) => ({
        ...{ name, kind, flows, packets, bytes, state, detail, ...WELL },
        ...current?.health?.(),
        ...(state !== 'running' && { state, detail }),
      })),
  }
}

/** Only those that are not zero. */
function added(sources: readonly Source[]): Counter[] {
  const sums = new Map<string, number>()
  for (const source of sources) {
    for (const [name, value] of Object.entries(source.counters?.() ?? {})) sums.set(name, (sums.get(name) ?? 0) + value)
  }
  return [...sums].filter(([, value]) => value > 0).map(([name, value]) => ({ name, value }))
}
