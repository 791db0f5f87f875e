import { createDecoder } from '../../src/decode/decoder.ts'
import { formatAddress } from '../../src/net/address.ts'
import { copyFlowRecord, createFlowRecord } from '../../src/net/flow-record.ts'
import { Collector, type CollectorOptions } from '../../src/sources/collect/collector.ts'
import { NETFLOW } from '../../src/sources/netflow/netflow.ts'
import { SFLOW } from '../../src/sources/sflow/sflow.ts'
import type { FlowRecord } from '../../src/types/flow.ts'
import { NOW } from './datagrams.ts'

export interface Collected {
  collector: Collector
  flows: FlowRecord[]
  /** Takes datagrams of an exporter, one after the other. */
  give(datagrams: Iterable<Uint8Array>, exporter?: string, time?: number): Collected
  end(): Collected
  count(name: string): number
}

/** It remembers nothing from one sampled packet to the next. */
const decoder = createDecoder()

/** A collector, and copies of the flows it hands on. */
export function collect(options: Partial<CollectorOptions> = {}): Collected {
  const flows: FlowRecord[] = []
  const collector = new Collector({ formats: [NETFLOW, SFLOW], decoder, name: 'test', cap: 1024, ...options }, (flow) =>
    flows.push(copyFlowRecord(flow, createFlowRecord())),
  )
  const collected: Collected = {
    collector,
    flows,
    give(datagrams, exporter = '192.0.2.1', time = NOW) {
      for (const datagram of datagrams) collector.datagram(datagram, exporter, time)
      return collected
    },
    end() {
      collector.flush()
      return collected
    },
    count: (name) => ({ ...collector.counters(), ...collector.problems() })[name] ?? 0,
  }
  return collected
}

/** A flow in one line: `10.0.0.1:1234 > 198.51.100.1:80 6`. */
export function ends({ address, srcPort, dstPort, protocol }: FlowRecord): string {
  return `${formatAddress(address)}:${srcPort} > ${formatAddress(address, 4)}:${dstPort} ${protocol}`
}
