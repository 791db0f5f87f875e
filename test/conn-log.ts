import { formatAddress, formatMac } from '../src/net/address.ts'
import { copyFlowRecord, createFlowRecord, PROTOCOL, protocolName } from '../src/net/flow-record.ts'
import type { Direction, FlowRecord } from '../src/types/flow.ts'

const COLUMNS: readonly (readonly [name: string, of: (flow: FlowRecord) => string | number])[] = [
  ['ts', ({ first }) => first.toFixed(6)],
  ['uid', ({ id }) => `C${id}`],
  ['id.orig_h', ({ address }) => formatAddress(address, 0)],
  ['id.orig_p', ({ srcPort }) => srcPort],
  ['id.resp_h', ({ address }) => formatAddress(address, 4)],
  ['id.resp_p', ({ dstPort }) => dstPort],
  ['proto', ({ protocol }) => (protocol === PROTOCOL.icmp6 ? 'icmp' : protocolName(protocol))],
  ['service', ({ service }) => service || '-'],
  ['duration', ({ first, last }) => (last - first).toFixed(6)],
  ['orig_bytes', ({ forward }) => forward.payload],
  ['resp_bytes', ({ reverse }) => reverse.payload],
  ['conn_state', (flow) => (flow.protocol === PROTOCOL.tcp ? flow.connState : flow.reverse.packets > 0 ? 'SF' : 'S0')],
  ['history', historyOf],
  ['orig_pkts', ({ forward }) => forward.packets],
  ['orig_ip_bytes', ({ forward }) => forward.bytes],
  ['resp_pkts', ({ reverse }) => reverse.packets],
  ['resp_ip_bytes', ({ reverse }) => reverse.bytes],
  ['orig_l2_addr', ({ srcMac }) => formatMac(srcMac)],
  ['resp_l2_addr', ({ dstMac }) => formatMac(dstMac)],
  ['vlan', ({ vlan }) => vlan || '-'],
]

/** What Zeek would log of `flows` in its `conn.log`: a line a connection, its slices put together; nothing of ARP. */
export function connLog(flows: readonly FlowRecord[]): string {
  const lines = whole(flows).map((flow) => COLUMNS.map(([, of]) => of(flow)).join('\t'))
  const header = ['#separator \\x09', '#path\tconn', `#fields\t${COLUMNS.map(([name]) => name).join('\t')}`]
  return [...header, ...lines, ''].join('\n')
}

/** The same as JSON lines, a key only where there is a value. */
export function connLogJson(flows: readonly FlowRecord[]): string {
  const lines = whole(flows).map((flow) => {
    const cells = COLUMNS.map(([name, of]) => [name, NUMBERS.has(name) ? Number(of(flow)) : of(flow)] as const)
    return JSON.stringify(Object.fromEntries(cells.filter(([, value]) => value !== '-' && !Number.isNaN(value))))
  })
  return [...lines, ''].join('\n')
}

const NUMBERS = new Set(['ts', 'duration', 'vlan'])

/** Connections as a log has them: the slices of each added up, in the order of their ends. */
function whole(flows: readonly FlowRecord[]): FlowRecord[] {
  const connections = new Map<string, FlowRecord>()
  for (const flow of flows) {
    if (flow.protocol === PROTOCOL.arp) continue
    const { address, protocol, srcPort, dstPort, opened } = flow
    const key = [...address, protocol, srcPort, dstPort, opened].join()
    const known = connections.get(key)
    if (known === undefined) connections.set(key, copyFlowRecord(flow, createFlowRecord()))
    else {
      add(flow.forward, known.forward)
      add(flow.reverse, known.reverse)
      Object.assign(known, { last: flow.last, connState: flow.connState, service: flow.service || known.service })
    }
  }
  return [...connections.values()].sort((a, b) => a.last - b.last)
}

function add(from: Direction, to: Direction): void {
  for (const key of ['packets', 'bytes', 'payload', 'fin', 'syn', 'rst', 'ack'] as const) to[key] += from[key]
}

/** Which kinds of segments were seen: Zeek has them in the order of their coming, which nobody here looks at. */
function historyOf({ protocol, forward, reverse }: FlowRecord): string {
  if (protocol !== PROTOCOL.tcp) return `${forward.payload > 0 ? 'D' : ''}${reverse.payload > 0 ? 'd' : ''}` || '-'
  const sent = [forward.syn > 0 ? 'S' : '', ...segments(forward)]
  const got = [reverse.syn > 0 ? 'h' : '', ...segments(reverse).map((letter) => letter.toLowerCase())]
  return [...sent, ...got].join('') || '-'
}

function segments({ payload, fin, rst, ack }: Direction): string[] {
  return [ack > 0 ? 'A' : '', payload > 0 ? 'D' : '', fin > 0 ? 'F' : '', rst > 0 ? 'R' : '']
}
