import {
  address,
  conversations,
  dataSet,
  type ExportedFlow,
  type Field,
  ipfix,
  templateSet,
  type Value,
} from '../../../test/exports/datagrams.ts'

/** The two directions of one connection. */
export const [request, reply] = conversations(7, 1)[0]!

/** A message of one template and records of it. */
export function message(fields: readonly Field[], records: readonly (readonly Value[])[], header = {}): Uint8Array {
  return ipfix([templateSet(10, 256, fields), dataSet(256, fields, records)], header)
}

export const ENDS: readonly Field[] = [
  [8, 4],
  [12, 4],
  [7, 2],
  [11, 2],
  [4, 1],
]
export const endsOf = (flow: ExportedFlow): Value[] => [
  address(flow.src),
  address(flow.dst),
  flow.srcPort,
  flow.dstPort,
  flow.protocol,
]
