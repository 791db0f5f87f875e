import { type Row, textAt } from '../flow-log/json.ts'

/** What is read of a flow, whatever form it was printed in; texts, `''` for what is absent. */
export interface Fields {
  first: string
  last: string
  duration: string
  source: string
  destination: string
  srcPort: string
  dstPort: string
  protocol: string
  flags: string
  packets: string
  bytes: string
  outPackets: string
  outBytes: string
  srcMac: string
  dstMac: string
  vlan: string
  icmpType: string
  icmpCode: string
}

/** Where each stands: in CSV up to nfdump 1.7.1, in CSV since, in JSON (several names by version). */
const NAMES: Readonly<Record<keyof Fields, readonly [old: string, csv: string, ...json: string[]]>> = {
  first: ['ts', 'firstSeen', 'first', 't_first'],
  last: ['te', '', 'last', 't_last'],
  duration: ['td', 'duration'],
  source: ['sa', 'srcAddr', 'src4_addr', 'src6_addr'],
  destination: ['da', 'dstAddr', 'dst4_addr', 'dst6_addr'],
  srcPort: ['sp', 'srcPort', 'src_port'],
  dstPort: ['dp', 'dstPort', 'dst_port'],
  protocol: ['pr', 'proto', 'proto'],
  flags: ['flg', 'flags', 'tcp_flags'],
  packets: ['ipkt', 'packets', 'in_packets'],
  bytes: ['ibyt', 'bytes', 'in_bytes'],
  outPackets: ['opkt', '', 'out_packets'],
  outBytes: ['obyt', '', 'out_bytes'],
  srcMac: ['ismc', '', 'in_src_mac'],
  dstMac: ['odmc', '', 'out_dst_mac'],
  vlan: ['svln', '', 'src_vlan'],
  icmpType: ['', '', 'icmp_type'],
  icmpCode: ['', '', 'icmp_code'],
}

const KEYS = Object.keys(NAMES) as (keyof Fields)[]

/** Columns of CSV that are read, in any of its forms. */
export const COLUMNS: readonly string[] = KEYS.flatMap((key) => NAMES[key].slice(0, 2)).filter((name) => name !== '')

/** The fields of a line of CSV, of which `cell` gives a column. */
export function ofCsv(cell: (name: string) => string): Fields {
  return gather((key) => NAMES[key].slice(0, 2), cell)
}

/** The fields of an object. */
export function ofJson(row: Row): Fields {
  return gather(
    (key) => NAMES[key].slice(2),
    (name) => textAt(row, name),
  )
}

function gather(namesOf: (key: keyof Fields) => readonly string[], at: (name: string) => string): Fields {
  const value = (key: keyof Fields): string =>
    namesOf(key).reduce((found, name) => found || (name === '' ? '' : at(name)), '')
  return Object.fromEntries(KEYS.map((key) => [key, value(key).trim()])) as unknown as Fields
}
