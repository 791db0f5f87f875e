import { parseTunnel, tunnelLabel } from '../net/tunnel.ts'
import type { ConnState, Direction, EndReason, FlowNames, FlowRecord } from '../types/flow.ts'
import type { Verdict } from '../types/verdict.ts'

/** A number kept of each flow: its column, its SQL type, and where it is found. */
interface NumberColumn {
  readonly name: string
  readonly type: 'DOUBLE' | 'UINTEGER' | 'USMALLINT' | 'UTINYINT'
  readonly get: (flow: FlowRecord) => number
  readonly set: (flow: FlowRecord, value: number) => void
}

/** What of the record is searched for or summed, or needs every digit. */
export const NUMBERS: readonly NumberColumn[] = [
  { name: 'time', type: 'DOUBLE', get: (f) => f.last, set: (f, v) => set(f, 'last', v) },
  { name: 'first', type: 'DOUBLE', get: (f) => f.first, set: (f, v) => set(f, 'first', v) },
  { name: 'opened', type: 'DOUBLE', get: (f) => f.opened, set: (f, v) => set(f, 'opened', v) },
  { name: 'slice', type: 'UINTEGER', get: (f) => f.slice, set: (f, v) => set(f, 'slice', v) },
  { name: 'frame', type: 'DOUBLE', get: (f) => f.frame, set: (f, v) => set(f, 'frame', v) },
  { name: 'protocol', type: 'USMALLINT', get: (f) => f.protocol, set: (f, v) => set(f, 'protocol', v) },
  { name: 'src_port', type: 'USMALLINT', get: (f) => f.srcPort, set: (f, v) => set(f, 'srcPort', v) },
  { name: 'dst_port', type: 'USMALLINT', get: (f) => f.dstPort, set: (f, v) => set(f, 'dstPort', v) },
  { name: 'src_mac', type: 'DOUBLE', get: (f) => f.srcMac, set: (f, v) => set(f, 'srcMac', v) },
  { name: 'dst_mac', type: 'DOUBLE', get: (f) => f.dstMac, set: (f, v) => set(f, 'dstMac', v) },
  { name: 'vlan', type: 'USMALLINT', get: (f) => f.vlan, set: (f, v) => set(f, 'vlan', v) },
  { name: 'ttl', type: 'UTINYINT', get: (f) => f.ttl, set: (f, v) => set(f, 'ttl', v) },
  ...direction('out', (f) => f.forward),
  ...direction('in', (f) => f.reverse),
]

/** What was found of each flow, beside the record itself. */
export const VERDICTS = ['score', 'confidence', 'rule_score', 'ml_score', 'weight', 'anomaly'] as const
/** Strings kept of each flow. */
export const TEXTS = [
  'input',
  'service',
  'conn_state',
  'end_reason',
  'method',
  'type',
  'incident',
  'names',
  'tunnel',
] as const
const DETAIL: readonly (keyof Direction)[] = [
  'lengthMin',
  'lengthMax',
  'lengthMean',
  'lengthDeviation',
  'gapMin',
  'gapMax',
  'gapMean',
  'gapDeviation',
  'fin',
  'syn',
  'rst',
  'psh',
  'ack',
  'urg',
  'ece',
  'cwr',
]
/** The rest of both directions, in single precision: what only rules and models read. */
export const DETAILS = 2 * DETAIL.length

/** Totals of one minute, of all flows, kept or not: added to what is known of it. */
export interface Minute {
  /** Epoch seconds. */
  time: number
  flows: number
  anomalies: number
  packets: number
  bytes: number
}

/** Flows on their way into the history, as columns: plain data, so that they can cross threads. */
export interface FlowBatch {
  count: number
  /** Eight words a flow, as in `FlowRecord`. */
  address: Int32Array
  /** `NUMBERS.length` a flow, then as many as `VERDICTS` has. */
  numbers: Float64Array
  /** `DETAILS` a flow. */
  details: Float32Array
  /** `TEXTS.length` a flow. */
  texts: string[]
  minutes: Minute[]
  /** Flows of incidents that were left out, for there were too many. */
  dropped: number
}

export const WIDTH = NUMBERS.length + VERDICTS.length

/** What is kept beside the record. */
export interface Judged {
  verdict: Verdict
  /** Attack type; null when normal. */
  type: string | null
  /** Id of the incident it belongs to. */
  incident: string | null
  weight: number
}

/** Writes one flow as number `row` of a batch. */
export function packFlow(
  batch: FlowBatch,
  row: number,
  flow: FlowRecord,
  { verdict, type, incident, weight }: Judged,
): void {
  batch.address.set(flow.address, row * 8)
  const at = row * WIDTH
  for (let i = 0; i < NUMBERS.length; i++) batch.numbers[at + i] = NUMBERS[i]!.get(flow)
  const { score, confidence, ruleScore, mlScore, anomaly } = verdict
  batch.numbers.set([score, confidence, ruleScore, mlScore, weight, anomaly ? 1 : 0], at + NUMBERS.length)
  for (let i = 0; i < DETAIL.length; i++) {
    batch.details[row * DETAILS + i] = flow.forward[DETAIL[i]!]
    batch.details[row * DETAILS + DETAIL.length + i] = flow.reverse[DETAIL[i]!]
  }
  const names = flow.names === null ? '' : JSON.stringify(flow.names)
  const texts = [
    flow.source,
    flow.service,
    flow.connState,
    flow.endReason,
    verdict.method,
    type ?? '',
    incident ?? '',
    names,
    flow.tunnel === null ? '' : tunnelLabel(flow.tunnel),
  ]
  for (let i = 0; i < TEXTS.length; i++) batch.texts[row * TEXTS.length + i] = texts[i]!
}

/** Room for `capacity` flows. */
export function createBatch(capacity: number): FlowBatch {
  return {
    count: 0,
    address: new Int32Array(capacity * 8),
    numbers: new Float64Array(capacity * WIDTH),
    details: new Float32Array(capacity * DETAILS),
    texts: [],
    minutes: [],
    dropped: 0,
  }
}

/** A flow as it comes out of the history. */
export interface Unpacked {
  /** By name, as in `NUMBERS`. */
  numbers: Readonly<Record<string, number>>
  address: Int32Array
  details: ArrayLike<number>
  texts: Readonly<Record<(typeof TEXTS)[number], string>>
}

/** Fills `flow`, made by `createFlowRecord`, with what was kept of it. */
export function unpackFlow({ numbers, address, details, texts }: Unpacked, flow: FlowRecord): FlowRecord {
  flow.address.set(address)
  for (const { name, set: put } of NUMBERS) put(flow, numbers[name]!)
  for (let i = 0; i < DETAIL.length; i++) {
    flow.forward[DETAIL[i]!] = details[i]!
    flow.reverse[DETAIL[i]!] = details[DETAIL.length + i]!
  }
  flow.source = texts.input
  flow.service = texts.service
  flow.connState = texts.conn_state as ConnState
  flow.endReason = texts.end_reason as EndReason
  flow.names = texts.names === '' ? null : (JSON.parse(texts.names) as FlowNames)
  flow.tunnel = texts.tunnel === '' ? null : parseTunnel(texts.tunnel)
  return flow
}

function direction(suffix: string, of: (flow: FlowRecord) => Direction): NumberColumn[] {
  const column = (name: 'packets' | 'bytes' | 'payload'): NumberColumn => ({
    name: `${name}_${suffix}`,
    type: 'DOUBLE',
    get: (flow) => of(flow)[name],
    set: (flow, value) => {
      of(flow)[name] = value
    },
  })
  return [column('packets'), column('bytes'), column('payload')]
}

function set<Name extends keyof FlowRecord>(flow: FlowRecord, name: Name, value: FlowRecord[Name]): void {
  flow[name] = value
}
