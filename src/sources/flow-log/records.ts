import { copyFlowRecord, createFlowRecord } from '../../net/flow-record.ts'
import type { FlowRecord } from '../../types/flow.ts'
import { Problems } from '../pcap/capture.ts'
import type { Sink } from '../source.ts'
import type { LineParser } from './format.ts'
import type { Joined } from './joined.ts'
import type { LineListener } from './lines.ts'
import { TimeOrder } from './time-order.ts'

/** Flows that wait at most for what other lines tell of them. */
const PENDING_MAX = 8192

/** Makes records of lines, joins to each what other lines tell of it, and hands them on in the order of time. */
export class Records {
  readonly problems = new Problems()
  packets = 0
  bytes = 0
  /** Latest end of a flow read so far, epoch seconds. */
  latest = 0
  readonly #joined: Joined
  readonly #record = createFlowRecord()
  readonly #order: TimeOrder
  readonly #pending: { record: FlowRecord; key: string }[] = []
  #waiting = 0
  #id = 0

  constructor(joined: Joined, name: string, sink: Sink, capacity?: number) {
    this.#joined = joined
    this.#record.source = name
    this.#order = new TimeOrder((flow) => {
      flow.id = ++this.#id
      sink.flow(flow)
    }, capacity)
    joined.orphan = ({ gathered, alerts, record }) => {
      if (record === null) return
      record.source = name
      record.names = gathered.names()
      record.alerts = alerts.length > 0 ? [...alerts] : null
      this.#hold(record, '')
    }
  }

  /** Takes the lines of one log, read by `parser`. */
  lines(parser: LineParser): LineListener {
    return (line, number) => {
      const result = line === null ? 'line-too-long' : parser.read(line, this.#record)
      if (result !== 'flow') {
        if (result !== 'nothing') this.problems.count(result)
        return
      }
      this.#record.frame = number
      this.#hold(this.#record, parser.key)
    }
  }

  /** Hands on the flows read so far with what was told of them. */
  settle(): void {
    for (let i = 0; i < this.#waiting; i++) {
      const { record, key } = this.#pending[i]!
      if (key !== '') this.#joined.take(key, record)
      this.#order.push(record)
    }
    this.#waiting = 0
  }

  /** Hands on all that was read so far, alerts on flows that still go on among it. */
  release(): void {
    this.settle()
    this.#joined.tellAlerts()
    this.settle()
    this.#order.flush()
  }

  /** Hands on everything: nothing more will come. */
  end(): void {
    this.settle()
    this.#joined.end()
    this.settle()
    this.#order.flush()
  }

  /** What was lost of what had to be joined, beside the problems. */
  lost(): Record<string, number> {
    return Object.fromEntries(Object.entries(this.#joined.counters()).filter(([, count]) => count > 0))
  }

  #hold(record: FlowRecord, key: string): void {
    const { forward, reverse, last } = record
    this.packets += forward.packets + reverse.packets
    this.bytes += forward.bytes + reverse.bytes
    this.latest = Math.max(this.latest, last)
    const slot = this.#pending[this.#waiting] ?? { record: createFlowRecord(), key }
    this.#pending[this.#waiting] = slot
    copyFlowRecord(record, slot.record)
    slot.key = key
    this.#waiting++
    if (this.#waiting === PENDING_MAX) this.settle()
  }
}
