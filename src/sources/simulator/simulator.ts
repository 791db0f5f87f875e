import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../types/clock.ts'
import { InputError } from '../../types/errors.ts'
import type { FlowRecord } from '../../types/flow.ts'
import type { Source, SourceReport } from '../source.ts'
import { createTraffic, type TrafficOptions, type Truth } from './traffic.ts'

export interface SimulatorOptions extends TrafficOptions {
  /** Keeps the pace of real time; without it, or with `paced: false`, it runs as fast as the sink takes it. */
  clock?: Clock
  paced?: boolean
  /** Ends after so many ticks (background flows); never unless given. */
  flows?: number
  /** Ends after so many seconds of simulated time; never unless given. */
  duration?: number
}

/** The source that makes up its own traffic, and knows the truth about it. */
export interface Simulator extends Source {
  /** Campaigns started so far. */
  readonly truth: readonly Truth[]
}

/** Ticks made before others get their turn. */
const BATCH = 512
/** Seconds of backlog after which the pace is given up rather than caught up with. */
const PATIENCE = 2

/** Throws an `InputError` for an unknown scenario, or a rate that is none. Flow times do not depend on the clock. */
export function createSimulator(options: SimulatorOptions): Simulator {
  const { clock, rate = 0.5, flows = Number.POSITIVE_INFINITY, duration = Number.POSITIVE_INFINITY } = options
  const paced = options.paced ?? clock !== undefined
  if (paced && clock === undefined) throw new InputError('simulator: a pace needs a clock')
  const traffic = createTraffic(options)
  const end = Math.min(flows, Math.ceil(duration * rate))
  const pace = paced && clock !== undefined ? createPace(clock, rate) : null
  return {
    name: 'simulator',
    truth: traffic.truth,
    lacks: () => [],
    async run(sink, signal, { progress } = {}): Promise<SourceReport> {
      const report: SourceReport = { bytes: 0, packets: 0, truncated: false, problems: {} }
      const push = (flow: FlowRecord): void => {
        report.bytes += flow.forward.bytes + flow.reverse.bytes
        report.packets += flow.forward.packets + flow.reverse.packets
        sink.flow(flow)
      }
      while (!signal.aborted && traffic.ticks < end) {
        const due = Math.min(end, traffic.ticks + BATCH, pace?.due(traffic.ticks) ?? end)
        while (traffic.ticks < due && !signal.aborted) traffic.tick(push)
        progress?.(traffic.ticks, Number.isFinite(end) ? end : 0)
        if (pace === null) await setImmediate()
        else await pace.rest(traffic.ticks, signal)
      }
      return report
    },
  }
}

interface Pace {
  /** Ticks that should have been made by now. */
  due(ticks: number): number
  /** Resolves when the next tick is due. */
  rest(ticks: number, signal: AbortSignal): Promise<void>
}

/** A clock set back or a long sleep moves the schedule: it neither stalls nor floods. */
function createPace(clock: Clock, rate: number): Pace {
  let began = Number.NaN
  return {
    due(ticks) {
      const now = clock.now()
      const ahead = ticks / rate - (now - began)
      if (!(ahead <= 1 / rate && ahead > -PATIENCE - 1 / rate)) began = now - ticks / rate
      return Math.floor((now - began) * rate + 1e-6) + 1
    },
    rest: (ticks, signal) => clock.sleep(Math.max(0, began + ticks / rate - clock.now()), signal),
  }
}
