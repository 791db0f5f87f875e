import { readdirSync } from 'node:fs'
import { createDecoder } from '../../src/decode/decoder.ts'
import { formatAddress } from '../../src/net/address.ts'
import { copyFlowRecord, createFlowRecord } from '../../src/net/flow-record.ts'
import { Collector, type CollectorOptions } from '../../src/sources/collect/collector.ts'
import { NETFLOW } from '../../src/sources/netflow/netflow.ts'
import { createPcapSource } from '../../src/sources/pcap/pcap.ts'
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

/** The UDP payloads of a capture. */
export async function datagramsIn(path: string): Promise<{ payload: Uint8Array; from: string; time: number }[]> {
  const found: { payload: Uint8Array; from: string; time: number }[] = []
  const decoder = createDecoder()
  const sink = {
    frame(buffer: Uint8Array, offset: number, captured: number, length: number, time: number, link: number): void {
      decoder.decode(buffer, offset, captured, length, time, link)
      const { count, protocol, payloadAt, payloadCaptured, address } = decoder.batch
      if (count === 1 && protocol[0] === 17) {
        const at = payloadAt[0]!
        const payload = Uint8Array.from(buffer.subarray(at, at + payloadCaptured[0]!))
        found.push({ payload, from: formatAddress(address), time })
      }
      decoder.clear()
    },
    flush() {},
    flow() {},
    tick() {},
  }
  await createPcapSource({ path }).run(sink, new AbortController().signal)
  return found
}

/** Files of raw datagrams (`.dat`) and captures of them in a folder, by device: what describes records first. */
export function devicesIn(folder: string): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const file of readdirSync(folder).filter((name) => /\.(dat|pcap)$/.test(name))) {
    const part = file.endsWith('.dat')
      ? /_?(opttpl|tpls?|data|tpldata|tplopt)[^.]*\.dat$|\.dat$/
      : /-?((options-)?(data|templates?)(\+templates)?(-discard.*|-encap.*|-icmp.*|-local.*|-multiple.*|-qinq|-sflow.*|-1140)?)?\.pcap$/
    const device = file.replace(part, '')
    groups.set(device, [...(groups.get(device) ?? []), file])
  }
  const order = (file: string): number => (/tpl|template/.test(file) ? 0 : 1)
  for (const files of groups.values()) files.sort((a, b) => order(a) - order(b) || a.localeCompare(b))
  return groups
}
