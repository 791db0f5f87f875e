import { parseAddress } from '../net/address.ts'
import { createFlowRecord, PROTOCOL } from '../net/flow-record.ts'
import type { Direction, FlowRecord } from '../types/flow.ts'

/** 2023-11-14 22:13:20 UTC, at the edge of a bucket of every window. */
export const START = 1_700_000_100 - (1_700_000_100 % 900)

interface Change extends Partial<Omit<FlowRecord, 'forward' | 'reverse' | 'address'>> {
  time?: number
  forward?: Partial<Direction>
  reverse?: Partial<Direction>
}

/** A flow between two addresses: an answered TCP connection to port 443 at START, but for what is changed. */
export function flowOf(source: string, destination: string, change: Change = {}): FlowRecord {
  const flow = createFlowRecord()
  const { forward, reverse, time = START, ...rest } = change
  if (!parseAddress(source, flow.address, 0) || !parseAddress(destination, flow.address, 4)) throw new Error('address')
  Object.assign(flow, {
    first: time,
    last: time,
    opened: time,
    protocol: PROTOCOL.tcp,
    srcPort: 50_000,
    dstPort: 443,
    connState: 'SF',
    ...rest,
  })
  Object.assign(flow.forward, { packets: 6, bytes: 700, payload: 400, syn: 1 }, forward)
  Object.assign(flow.reverse, { packets: 5, bytes: 2700, payload: 2400, syn: 1 }, reverse)
  return flow
}

/** A lone SYN to a port. */
export function probe(source: string, destination: string, dstPort: number, time: number): FlowRecord {
  return flowOf(source, destination, {
    time,
    dstPort,
    connState: 'S0',
    forward: { packets: 1, bytes: 40, payload: 0, syn: 1 },
    reverse: { packets: 0, bytes: 0, payload: 0, syn: 0 },
  })
}

/** A datagram and its answer. */
export function query(source: string, destination: string, dstPort: number, time: number, payload = 48): FlowRecord {
  return flowOf(source, destination, {
    time,
    dstPort,
    protocol: PROTOCOL.udp,
    service: dstPort === 53 ? 'dns' : '',
    forward: { packets: 1, bytes: payload + 28, payload, syn: 0 },
    reverse: { packets: 1, bytes: payload + 28, payload, syn: 0 },
  })
}

/** An ARP exchange: who has `target`, asked by `sender` from `srcMac`, and answered by `dstMac` unless that is 0. */
export function arp(sender: string, srcMac: number, target: string, dstMac: number, time: number): FlowRecord {
  const answered = dstMac === 0 ? 0 : 1
  return flowOf(sender, target, {
    time,
    srcMac,
    dstMac,
    protocol: PROTOCOL.arp,
    srcPort: 1,
    dstPort: 0,
    connState: answered === 1 ? 'SF' : 'S0',
    forward: { packets: 1, bytes: 28, payload: 0, syn: 0 },
    reverse: { packets: answered, bytes: 28 * answered, payload: 0, syn: 0 },
  })
}
