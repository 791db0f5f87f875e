import { parseAddress } from '../../net/address.ts'
import { createFlowRecord, PROTOCOL } from '../../net/flow-record.ts'
import { serviceOf } from '../../net/services.ts'
import type { Direction, FlowNames, FlowRecord } from '../../types/flow.ts'
import { NAME_KEYS } from './name-fields.ts'
import { secondsOf } from './schema.ts'
import { didYouMean } from './suggest.ts'

/** A flow as a test writes it, by rule field; also `duration`, `at`, `count` and `every`. */
type Written = Readonly<Record<string, string | number | boolean>>
type Value = string | number | boolean
type FaultAt = (index: number, key: string, message: string) => Error

/** When the first flow of a test ends, epoch seconds. */
const START = 1_700_000_000
const MOST = 100_000

/**
 * Makes flow records of a test's short form, in order of their end. `count: 30` repeats a flow, `every: 2s` apart; in each
 * repetition a range such as `1..100` or `10.0.0.1..10.0.0.9` takes its next value, and `{i}` in a text the number from 0.
 */
export function expandFlows(flows: readonly Written[], fault: FaultAt): FlowRecord[] {
  const made = flows.flatMap((written, index) => {
    const fail = (key: string, message: string): Error => fault(index, key, message)
    const count = Number(written.count ?? 1)
    if (!Number.isInteger(count) || count < 1 || count > MOST) throw fail('count', `count must be 1 to ${MOST}`)
    const every = seconds(written, 'every', fail)
    const at = seconds(written, 'at', fail)
    return Array.from({ length: count }, (_, i) => makeFlow(written, i, START + at + i * every, fail))
  })
  return made.sort((a, b) => a.last - b.last)
}

function seconds(written: Written, key: string, fail: (key: string, message: string) => Error): number {
  const value = written[key] ?? 0
  if (typeof value === 'number') return value
  if (!/^[1-9]\d{0,5}[smhd]$/.test(String(value))) throw fail(key, `${key} must be a number of seconds, or such as 5m`)
  return secondsOf(String(value))
}

const TIMING = new Set(['count', 'every', 'at', 'duration', 'age'])

function makeFlow(
  written: Written,
  i: number,
  last: number,
  fail: (key: string, message: string) => Error,
): FlowRecord {
  const flow = createFlowRecord()
  flow.id = i + 1
  flow.source = 'test'
  flow.last = last
  flow.first = last - Number(written.duration ?? 0)
  flow.opened = last - Number(written.age ?? written.duration ?? 0)
  flow.forward.packets = 1
  for (const [key, value] of Object.entries(written)) {
    if (TIMING.has(key)) continue
    const set = SETTERS.get(key)
    if (set === undefined) throw fail(key, `unknown field "${key}"${didYouMean(key, [...SETTERS.keys(), ...TIMING])}`)
    if (!set(flow, nth(value, i))) throw fail(key, `${key}: "${value}" is not allowed here`)
  }
  complete(flow, written)
  return flow
}

/** Fills in what follows from what is written. */
function complete(flow: FlowRecord, written: Written): void {
  for (const direction of [flow.forward, flow.reverse]) {
    if (direction.bytes === 0) direction.bytes = direction.packets * 40 + direction.payload
    if (direction.packets > 0) direction.lengthMean = direction.bytes / direction.packets
    if (direction.lengthMax === 0) direction.lengthMax = direction.lengthMean
    if (direction.lengthMin === 0) direction.lengthMin = Math.min(direction.lengthMean, direction.lengthMax)
  }
  if (written.service === undefined) flow.service = serviceOf(flow.protocol, flow.dstPort)
  if (written.conn_state === undefined) flow.connState = flow.reverse.packets > 0 ? 'SF' : 'S0'
}

/** The value of the `i`th repetition: the next of a range, else the value itself. */
function nth(value: Value, i: number): Value {
  if (typeof value !== 'string') return value
  const [from, to, ...rest] = value.split('..')
  if (to === undefined || rest.length > 0) return value.replaceAll('{i}', String(i))
  const [low, high] = [parseWhole(from!), parseWhole(to)]
  if (low === null || high === null || high < low) return value
  const number = low + (i % (high - low + 1))
  if (from!.includes('.')) return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.')
  return from!.includes(':') ? macText(number) : number
}

function parseWhole(text: string): number | null {
  const words = new Int32Array(4)
  if (/^\d+$/.test(text)) return Number(text)
  if (/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) return Number.parseInt(text.replaceAll(':', ''), 16)
  return text.includes('.') && parseAddress(text, words) ? words[3]! >>> 0 : null
}

function macText(mac: number): string {
  return mac
    .toString(16)
    .padStart(12, '0')
    .replace(/..(?=.)/g, '$&:')
}

type Setter = (flow: FlowRecord, value: Value) => boolean

function assign<K extends keyof FlowRecord>(key: K, type: 'string' | 'number'): Setter {
  return (flow, value) => {
    if (typeof value === type) flow[key] = value as FlowRecord[K]
    return typeof value === type
  }
}

function address(offset: 0 | 4): Setter {
  return (flow, value) => parseAddress(String(value), flow.address, offset)
}

function mac(key: 'srcMac' | 'dstMac'): Setter {
  return (flow, value) => {
    flow[key] = parseWhole(String(value)) ?? Number.NaN
    return !Number.isNaN(flow[key])
  }
}

function name(key: keyof FlowNames): Setter {
  return (flow, value) => {
    flow.names = { ...flow.names, [key]: value }
    return true
  }
}

function direction(side: 'forward' | 'reverse', key: keyof Direction): Setter {
  return (flow, value) => {
    flow[side][key] = Number(value)
    return typeof value === 'number'
  }
}

/** `lengthMean` as a rule writes it: `length_mean`. */
function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

const DIRECTION_KEYS = Object.keys(createFlowRecord().forward) as (keyof Direction)[]

const SETTERS: ReadonlyMap<string, Setter> = new Map<string, Setter>([
  [
    'protocol',
    (flow, value) => {
      const named = PROTOCOL[value as keyof typeof PROTOCOL]
      flow.protocol = typeof value === 'number' ? value : (named ?? 0)
      return typeof value === 'number' || named !== undefined
    },
  ],
  ['src_address', address(0)],
  ['dst_address', address(4)],
  ['src_port', assign('srcPort', 'number')],
  ['dst_port', assign('dstPort', 'number')],
  ['icmp_type', assign('srcPort', 'number')],
  ['icmp_code', assign('dstPort', 'number')],
  ['arp_operation', assign('srcPort', 'number')],
  ['src_mac', mac('srcMac')],
  ['dst_mac', mac('dstMac')],
  ['vlan', assign('vlan', 'number')],
  ['slice', assign('slice', 'number')],
  ['service', assign('service', 'string')],
  ['conn_state', assign('connState', 'string')],
  ['end_reason', assign('endReason', 'string')],
  ['packets', direction('forward', 'packets')],
  ['bytes', direction('forward', 'bytes')],
  ...(['forward', 'reverse'] as const).flatMap((side) =>
    DIRECTION_KEYS.map((key): [string, Setter] => [`${side}_${snake(key)}`, direction(side, key)]),
  ),
  ['dns.qname', name('dnsQuery')],
  ['dns.qtype', name('dnsType')],
  ['dns.rcode', name('dnsRcode')],
  ['dns.answers', name('dnsAnswers')],
  ['tls.sni', name('tlsSni')],
  ['http.method', name('httpMethod')],
  ['http.host', name('httpHost')],
  ['http.path', name('httpPath')],
  ['http.user_agent', name('httpUserAgent')],
  ['http.status', name('httpStatus')],
  ['ssh.banner', name('ssh')],
  ...NAME_KEYS.map(([field, key]): [string, Setter] => [field, name(key)]),
])
