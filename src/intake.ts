import { createDecoder, type Decoder } from './decode/decoder.ts'
import { createNames } from './decode/names/names.ts'
import { createFlowTable, type FlowTable } from './flows/flow-table.ts'
import type { FlowOptions } from './flows/options.ts'
import type { PayloadReader } from './net/payload-reader.ts'
import type { Sink } from './sources/source.ts'
import type { FlowRecord } from './types/flow.ts'

/** Where one source pushes: its frames become flows here, apart from those of every other source. */
export interface Intake extends Sink {
  /** What came so far. Packets and bytes are those on the wire, or what whole flows tell of. */
  readonly flows: number
  readonly packets: number
  readonly bytes: number
  /** The input is over: what is open is judged now. */
  end(): void
  /** Of decoder, flow table and names, by stage. */
  counters(): Record<'decode' | 'tunnels' | 'flows' | 'names', Record<string, number>>
}

export interface IntakeOptions {
  /** What flows are marked with. */
  name: string
  flows: FlowOptions
  judge: (flow: FlowRecord) => void
  /** Told of every tick. */
  tick: (time: number) => void
}

interface Meter {
  decoder: Decoder
  names: PayloadReader
  table: FlowTable
}

const FLOWS = 0
const PACKETS = 1
const BYTES = 2

/** Decoder and flow table are made with the first frame: a source of whole flows needs none. */
export function createIntake({ name, flows, judge, tick }: IntakeOptions): Intake {
  const counts = new Float64Array(3)
  let meter: Meter | null = null

  const take = (flow: FlowRecord): void => {
    counts[FLOWS]!++
    judge(flow)
  }
  const create = (): Meter => {
    const names = createNames(flows.seed === undefined ? {} : { seed: flows.seed })
    const table = createFlowTable({ ...flows, source: name }, take, names)
    return { decoder: createDecoder(), names, table }
  }
  const advance = ({ table, decoder }: Meter): void => {
    table.add(decoder.batch)
    decoder.clear()
  }

  return {
    frame(buffer, offset, captured, length, time, link) {
      meter ??= create()
      counts[PACKETS]!++
      counts[BYTES]! += length
      if (meter.decoder.decode(buffer, offset, captured, length, time, link)) advance(meter)
    },
    flush() {
      if (meter !== null) advance(meter)
    },
    flow(flow) {
      flow.source = name
      counts[PACKETS]! += flow.forward.packets + flow.reverse.packets
      counts[BYTES]! += flow.forward.bytes + flow.reverse.bytes
      take(flow)
    },
    tick(time) {
      meter?.table.advance(time)
      tick(time)
    },
    end() {
      if (meter === null) return
      advance(meter)
      meter.table.flush()
    },
    get flows() {
      return counts[FLOWS]!
    },
    get packets() {
      return counts[PACKETS]!
    },
    get bytes() {
      return counts[BYTES]!
    },
    counters: () => ({
      decode: meter?.decoder.counters() ?? {},
      tunnels: meter?.decoder.tunnels() ?? {},
      flows: meter?.table.counters() ?? {},
      names: meter?.names.counters() ?? {},
    }),
  }
}
