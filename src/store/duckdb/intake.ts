import type { DuckDBConnection } from '@duckdb/node-api'
import { formatAddress } from '../../net/address.ts'
import { type FlowBatch, type Minute, NUMBERS, WIDTH } from '../flow-batch.ts'
import { appendFlows } from './flows.ts'
import type { Texts } from './texts.ts'
import { appendMinutes, appendTalkers, type TalkerMinute } from './traffic.ts'

/** Flows that may wait to be written, and hosts counted apart in a minute: beyond them they are dropped and counted. */
const WAITING = 100_000
const HOSTS = 4_096
/** Hosts kept of each minute: those that moved most. */
const KEPT = 100

type Write = <T>(work: (connection: DuckDBConnection) => Promise<T>) => Promise<T>

/** Gathers flows until they are written together. */
export interface Intake {
  take(batch: FlowBatch): void
  flush(): Promise<void>
  /** Lets go of the flows that wait, counted; totals of minutes stay. */
  drop(): void
  counters(): Record<string, number>
}

/** `seq`: the number of the last flow written; `texts` numbers what flows are called. */
export function createIntake(write: Write, seq: number, texts: Texts): Intake {
  let batches: FlowBatch[] = []
  let minutes = new Map<number, Minute>()
  const talkers = createTalkers()
  let waiting = 0
  let dropped = 0
  let last = seq
  let flushing: Promise<void> = Promise.resolve()

  const addMinutes = (added: readonly Minute[]): void => {
    for (const { time, flows, anomalies, packets, bytes } of added) {
      const minute = minutes.get(time) ?? { time, flows: 0, anomalies: 0, packets: 0, bytes: 0 }
      minute.flows += flows
      minute.anomalies += anomalies
      minute.packets += packets
      minute.bytes += bytes
      minutes.set(time, minute)
    }
  }

  const writeAll = async (): Promise<void> => {
    const [taken, totals, moved] = [batches, [...minutes.values()], talkers.takeFinished()]
    if (taken.length === 0 && totals.length === 0 && moved.length === 0) return
    batches = []
    minutes = new Map()
    waiting = 0
    try {
      const numbering = await write(async (connection) => {
        const numbering = texts.begin()
        let next = last + 1
        for (const batch of taken) {
          await appendFlows(connection, batch, next, numbering)
          next += batch.count
        }
        await numbering.append(connection)
        if (totals.length > 0) await appendMinutes(connection, totals)
        if (moved.length > 0) await appendTalkers(connection, moved)
        return numbering
      })
      numbering.kept()
      for (const batch of taken) last += batch.count
    } catch (error) {
      for (const batch of taken) dropped += batch.count
      addMinutes(totals)
      throw error
    }
  }

  return {
    take(batch) {
      addMinutes(batch.minutes)
      dropped += batch.dropped
      if (batch.count === 0) return
      talkers.add(batch)
      if (waiting + batch.count > WAITING) {
        dropped += batch.count
        return
      }
      waiting += batch.count
      batches.push(batch)
    },
    drop() {
      dropped += waiting
      batches = []
      waiting = 0
    },
    flush() {
      flushing = flushing.catch(() => {}).then(writeAll)
      return flushing
    },
    counters: () => ({ dropped_flows: dropped, waiting_flows: waiting }),
  }
}

const column = (name: string): number => NUMBERS.findIndex((one) => one.name === name)
const [TIME, BYTES_OUT, BYTES_IN] = [column('time'), column('bytes_out'), column('bytes_in')]
const ANOMALY = WIDTH - 1
const WEIGHT = WIDTH - 2

/** What each host moved in the minutes at hand: an estimate where flows were sampled. */
function createTalkers() {
  const minutes = new Map<number, Map<string, TalkerMinute>>()
  const address = new Int32Array(8)

  const add = (time: number, host: string, weight: number, anomaly: number, out: number, into: number): void => {
    const hosts = minutes.get(time) ?? new Map<string, TalkerMinute>()
    minutes.set(time, hosts)
    let talker = hosts.get(host)
    if (talker === undefined) {
      if (hosts.size >= HOSTS) return
      talker = { time, address: host, flows: 0, anomalies: 0, bytesOut: 0, bytesIn: 0 }
      hosts.set(host, talker)
    }
    talker.flows += weight
    talker.anomalies += anomaly * weight
    talker.bytesOut += out * weight
    talker.bytesIn += into * weight
  }

  return {
    add(batch: FlowBatch): void {
      for (let row = 0; row < batch.count; row++) {
        const at = row * WIDTH
        const time = Math.floor(batch.numbers[at + TIME]! / 60) * 60
        const [weight, anomaly] = [batch.numbers[at + WEIGHT]!, batch.numbers[at + ANOMALY]!]
        const [out, into] = [batch.numbers[at + BYTES_OUT]!, batch.numbers[at + BYTES_IN]!]
        address.set(batch.address.subarray(row * 8, row * 8 + 8))
        add(time, formatAddress(address, 0), weight, anomaly, out, into)
        add(time, formatAddress(address, 4), weight, anomaly, into, out)
      }
    },
    /** All that is known so far, the busiest of each minute; what comes later of a minute is added to it in the table. */
    takeFinished(): TalkerMinute[] {
      const taken = [...minutes.values()].flatMap((hosts) =>
        [...hosts.values()].sort((a, b) => b.bytesOut + b.bytesIn - a.bytesOut - a.bytesIn).slice(0, KEPT),
      )
      minutes.clear()
      return taken
    },
  }
}
