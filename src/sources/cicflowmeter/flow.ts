import { isIPv4, parseAddress } from '../../net/address.ts'
import { PROTOCOL } from '../../net/flow-record.ts'
import { serviceOf } from '../../net/services.ts'
import type { ConnState, Direction, FlowRecord } from '../../types/flow.ts'
import { endReasonOf, fillDirection, fillFlags } from '../flow-log/direction.ts'
import type { LineResult } from '../flow-log/format.ts'
import { countOf, portOf, protocolOf, timeOf, truthOf } from '../flow-log/values.ts'
import { COLUMNS, type Column } from './columns.ts'

const AT = Object.fromEntries(COLUMNS.map((name, i) => [name, i])) as Readonly<Record<Column, number>>

type Cell = (name: Column) => string

const MICROSECOND = 1e-6
/** Durations are microseconds, and nothing lasts longer than that many: ten years. */
const DURATION_MAX = 3e14

/** Fills `record` from the cells of one flow, in the order of `COLUMNS`. */
export function fillFlow(cells: readonly string[], record: FlowRecord): LineResult {
  const cell: Cell = (name) => cells[AT[name]]!
  record.protocol = protocolOf(cell('protocol'))
  if (record.protocol < 0) return 'unknown-protocol'
  const duration = Number(cell('flow duration'))
  record.first = record.opened = timestampOf(cell('timestamp'))
  record.last = record.first + duration * MICROSECOND
  if (!(record.first >= 0 && duration >= 0 && duration < DURATION_MAX)) return 'bad-time'
  const { address, protocol } = record
  if (!parseAddress(cell('source ip'), address) || !parseAddress(cell('destination ip'), address, 4))
    return 'bad-address'
  // ICMP has no ports, and its type is not told.
  const hasPorts = protocol !== PROTOCOL.icmp && protocol !== PROTOCOL.icmp6
  record.srcPort = hasPorts ? portOf(cell('source port')) : 0
  record.dstPort = hasPorts ? portOf(cell('destination port')) : 0
  if (Number.isNaN(record.srcPort + record.dstPort)) return 'bad-number'
  if (!fillSide(cell, 'fwd', record, record.forward) || !fillSide(cell, 'bwd', record, record.reverse))
    return 'bad-number'
  if (record.forward.packets + record.reverse.packets === 0) return 'no-packets'
  fillState(cell, record)
  record.service = serviceOf(protocol, record.dstPort)
  record.label = truthOf(cell('label'), '')
  return 'flow'
}

type Side = 'fwd' | 'bwd'

/** Lengths are those of payloads; what headers add is told, where it is believable, or the least there can be. */
function fillSide(cell: Cell, side: Side, { protocol, address }: FlowRecord, direction: Direction): boolean {
  const packets = countOf(cell(`total ${side} packet`))
  const payload = countOf(cell(`total length ${side} packet`))
  if (Number.isNaN(packets + payload)) return false
  const least = protocol === PROTOCOL.tcp ? 20 : 8
  const told = Number(cell(`${side} header length`)) / packets
  const header = (told >= least && told <= 60 ? told : least) + (isIPv4(address) ? 20 : 40)
  fillDirection(direction, { packets, bytes: payload + Math.round(packets * header), payload })
  const length = (name: 'min' | 'max' | 'std'): number => finite(cell(`${side} packet length ${name}`))
  const mean = direction.lengthMean
  if (packets > 0 && cell(`${side} packet length max`) !== '') {
    direction.lengthMin = Math.min(mean, length('min') + header)
    direction.lengthMax = Math.max(mean, length('max') + header)
    direction.lengthDeviation = length('std')
  }
  const gap = (name: 'min' | 'max' | 'mean' | 'std'): number => finite(cell(`${side} iat ${name}`)) * MICROSECOND
  direction.gapMin = gap('min')
  direction.gapMax = gap('max')
  direction.gapMean = gap('mean')
  direction.gapDeviation = gap('std')
  return true
}

/** Flags are counted of both sides together, if at all: who sent them is taken from how connections go. */
function fillState(cell: Cell, record: FlowRecord): void {
  const { protocol, forward, reverse } = record
  const answered = reverse.packets > 0
  if (protocol !== PROTOCOL.tcp) record.connState = forward.packets > 0 && answered ? 'SF' : 'S0'
  else {
    const [fin, rst] = [finite(cell('fin flag count')) > 0, finite(cell('rst flag count')) > 0]
    const carried = forward.payload + reverse.payload > 0
    record.connState = stateOf(answered, carried, fin, rst)
    fillFlags(forward, { syn: true, fin: fin && answered, rst: rst && carried, ack: answered || forward.payload > 0 })
    fillFlags(reverse, { syn: answered && record.connState !== 'REJ', fin, rst: rst && !carried, ack: answered })
    forward.psh = Math.min(forward.packets, finite(cell('fwd psh flag')))
    reverse.psh = Math.min(reverse.packets, finite(cell('bwd psh flag')))
    forward.urg = Math.min(forward.packets, finite(cell('fwd urg flag')))
    reverse.urg = Math.min(reverse.packets, finite(cell('bwd urg flag')))
  }
  record.endReason = endReasonOf(record)
}

function stateOf(answered: boolean, carried: boolean, fin: boolean, rst: boolean): ConnState {
  if (!answered) return carried ? 'OTH' : 'S0'
  if (rst) return carried ? 'RSTO' : 'REJ'
  // Two packets and nothing said: a port that refused, for an open one is told by its third.
  return fin || carried ? 'SF' : 'S1'
}

function finite(text: string): number {
  const value = Number(text)
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : 0
}

/** Day before month, with or without seconds and AM or PM, or year first; UTC. NaN for what is none. */
export function timestampOf(text: string): number {
  const [, day, month, year, hour, minute, second = '00', half] = DATE.exec(text) ?? []
  if (year === undefined) return timeOf(text)
  const clock = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toUpperCase() === 'PM' ? 12 : 0)
  const [d, m, h] = [day!, month!, String(clock)].map((part) => part.padStart(2, '0'))
  return timeOf(`${year}-${m}-${d} ${h}:${minute}:${second}`)
}

const DATE = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d\d)(?::(\d\d))?(?: ?([AaPp][Mm]))?$/
