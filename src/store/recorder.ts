import type { FlowRecord } from '../types/flow.ts'
import { createBatch, type FlowBatch, type Judged, type Minute, packFlow } from './flow-batch.ts'

/** Flows kept between two flushes: normal ones are sampled beyond it, those of incidents dropped and counted. */
const NORMAL = 250
const ANOMALOUS = 750

/** Gathers what is to be kept of the flows judged. */
export interface Recorder {
  flow(flow: FlowRecord, judged: Omit<Judged, 'weight'>): void
  /** Hands over what has gathered; nothing happens when nothing has. */
  flush(): void
}

/**
 * Every anomalous flow is kept as long as there is room; of normal ones, under load, every n-th, standing for n. Totals of
 * minutes count all of them.
 */
export function createRecorder(send: (batch: FlowBatch) => void): Recorder {
  const room = createBatch(NORMAL + ANOMALOUS)
  const minutes = new Map<number, Minute>()
  let stride = 1
  let offered = 0
  let normal = 0
  let anomalous = 0
  let dropped = 0

  const count = (flow: FlowRecord, anomaly: boolean): void => {
    const time = Math.floor(flow.last / 60) * 60
    let minute = minutes.get(time)
    if (minute === undefined) {
      minute = { time, flows: 0, anomalies: 0, packets: 0, bytes: 0 }
      minutes.set(time, minute)
    }
    minute.flows++
    if (anomaly) minute.anomalies++
    minute.packets += flow.forward.packets + flow.reverse.packets
    minute.bytes += flow.forward.bytes + flow.reverse.bytes
  }

  /** What a flow stands for; 0 when it is left out. */
  const weightOf = (anomaly: boolean): number => {
    if (anomaly) {
      if (anomalous >= ANOMALOUS) {
        dropped++
        return 0
      }
      anomalous++
      return 1
    }
    if (offered++ % stride !== 0 || normal >= NORMAL) return 0
    normal++
    return stride
  }

  return {
    flow(flow, judged) {
      const { anomaly } = judged.verdict
      count(flow, anomaly)
      const weight = weightOf(anomaly)
      if (weight > 0) packFlow(room, room.count++, flow, { ...judged, weight })
    },
    flush() {
      stride = Math.max(1, Math.ceil(offered / NORMAL))
      if (minutes.size > 0) send(taken(room, [...minutes.values()], dropped))
      minutes.clear()
      room.count = 0
      room.texts = []
      offered = normal = anomalous = dropped = 0
    },
  }
}

/** A copy of what is filled. */
function taken(room: FlowBatch, minutes: Minute[], dropped: number): FlowBatch {
  const { count, texts } = room
  const part = <Numbers extends Int32Array | Float64Array | Float32Array>(numbers: Numbers): Numbers =>
    numbers.slice(0, (numbers.length / (NORMAL + ANOMALOUS)) * count) as Numbers
  const { address, numbers, details } = room
  return { count, address: part(address), numbers: part(numbers), details: part(details), texts, minutes, dropped }
}
