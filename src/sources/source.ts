import type { SourceHealth } from '../types/events.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { FrameSink } from '../types/packet.ts'
import type { Sight } from '../types/sight.ts'

/** Takes what a source has: frames from captures, whole flows from simulator, NetFlow, Zeek ... */
export interface Sink extends FrameSink {
  /** The record is marked with the name of the source and judged during the call; it may be reused after. */
  flow(record: FlowRecord): void
  /** Source time moved on with nothing to report, epoch seconds: lets idle flows end. */
  tick(time: number): void
}

/** What can be said about an input once it ended. */
export interface SourceReport {
  /** Bytes of input consumed; of a source of whole flows, the bytes its flows carried. */
  bytes: number
  packets: number
  truncated: boolean
  /** Counts by reason of what could not be used. */
  problems: Record<string, number>
}

export interface SourceOptions {
  /** Called now and then with bytes done of all (0 when unknown). */
  progress?: (done: number, total: number) => void
}

/** Where flows come from. Bad content never throws: it is counted. A source that cannot be opened throws an `InputError`. */
export interface Source {
  readonly name: string
  /** What it cannot show of traffic; once it was opened, where that depends on what is in it. */
  lacks(): readonly Sight[]
  /** How it fares, as far as it differs from running well; cheap, asked once a second. Absent where nothing can go wrong in between. */
  health?(): Partial<SourceHealth>
  /** What it counts beside, as `Stats.counters` names it; sources that count the same are added up. */
  counters?(): Record<string, number>
  /** Pushes into `sink` until the input ends or `signal` aborts. */
  run(sink: Sink, signal: AbortSignal, options?: SourceOptions): Promise<SourceReport>
}
