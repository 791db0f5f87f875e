import { createFlowRecord } from '../../net/flow-record.ts'
import type { FlowRecord } from '../../types/flow.ts'
import type { Sight } from '../../types/sight.ts'
import { ABSENT, CONTENT, type FlowLogFormat, type LineParser, type LineResult } from '../flow-log/format.ts'
import type { Joined } from '../flow-log/joined.ts'
import { type Row, rowAt, textAt } from '../flow-log/json.ts'
import { alertOf } from './alert.ts'
import { CONTENT_EVENTS } from './content.ts'
import { fillEnds, fillSide, fillState, fillTimes, flagLetters } from './flow.ts'
import { ObjectLines } from './object-lines.ts'

/** Bytes an alert counts for that tells nothing of its flow. */
const PACKET = '60'

/** Suricata's `eve.json`: flows, halves of flows, what was read of them and what was said of them, joined by `flow_id`. */
export const EVE: FlowLogFormat = {
  kind: 'eve',
  name: 'Suricata eve.json',
  recognises: (head) => /^\s*[[{]/.test(head) && head.includes('"event_type"') && /"(flow_id|src_ip)"/.test(head),
  createParser: (joined) => new EveParser(joined),
}

class EveParser implements LineParser {
  key = ''
  readonly time = 0
  readonly #joined: Joined
  readonly #objects = new ObjectLines()
  readonly #seen = new Set<Sight>()
  /** The first half of a flow that Suricata tells in two, which come one after the other. */
  #half = ''
  /** Flows are told whole: their halves add nothing. */
  #whole = false

  constructor(joined: Joined) {
    this.#joined = joined
  }

  read(line: string, record: FlowRecord): LineResult {
    const object = this.#objects.push(line)
    if (object === undefined) return 'nothing'
    if (object === null) return 'not-json'
    const inner = rowAt(object, '_source')
    return this.#event(textAt(inner, 'event_type') === '' ? object : inner, record)
  }

  lacks(): readonly Sight[] {
    const content = CONTENT.filter((sight) => !this.#seen.has(sight))
    return [
      ...content,
      ...ABSENT,
      'arp',
      'ttl',
      ...(['mac', 'vlan'] as const).filter((sight) => !this.#seen.has(sight)),
    ]
  }

  #event(row: Row, record: FlowRecord): LineResult {
    const type = textAt(row, 'event_type')
    this.key = textAt(row, 'flow_id').slice(0, 64)
    if (this.#half !== '' && (type !== 'netflow' || this.key !== this.#half)) this.#release()
    if (type === 'flow') return this.#flow(row, record)
    if (type === 'netflow') return this.#whole ? 'nothing' : this.#netflow(row)
    if (type === 'alert') return this.#alert(row)
    const content = CONTENT_EVENTS.get(type)
    if (content === undefined || this.key === '') return 'nothing'
    this.#seen.add(content.shows)
    content.tell(row, this.#joined.at(this.key).gathered)
    return 'nothing'
  }

  #flow(row: Row, record: FlowRecord): LineResult {
    this.#whole = true
    return this.#fill(row, false, rowAt(row, 'flow'), record)
  }

  /** All of a flow, of the counters that Suricata keeps of it. */
  #fill(row: Row, isBackward: boolean, flow: Row, record: FlowRecord): LineResult {
    const tcp = rowAt(row, 'tcp')
    const [sent, got] = [flagLetters(textAt(tcp, 'tcp_flags_ts')), flagLetters(textAt(tcp, 'tcp_flags_tc'))]
    const problem =
      fillEnds(row, isBackward, record) ??
      fillTimes(flow, textAt(row, 'timestamp'), record) ??
      fillSide(record, 'forward', {
        packets: textAt(flow, 'pkts_toserver'),
        bytes: textAt(flow, 'bytes_toserver'),
        flags: sent,
      }) ??
      fillSide(record, 'reverse', {
        packets: textAt(flow, 'pkts_toclient'),
        bytes: textAt(flow, 'bytes_toclient'),
        flags: got,
      })
    if (record.srcMac !== 0) this.#seen.add('mac')
    if (record.vlan !== 0) this.#seen.add('vlan')
    return problem ?? fillState(record, sent, got)
  }

  #netflow(row: Row): LineResult {
    const netflow = rowAt(row, 'netflow')
    const flags = flagLetters(textAt(rowAt(row, 'tcp'), 'tcp_flags'))
    const told = { packets: textAt(netflow, 'pkts'), bytes: textAt(netflow, 'bytes'), flags }
    const joined = this.#joined.at(this.key)
    if (this.#half !== '') {
      const record = joined.record!
      const problem = fillSide(record, 'reverse', told)
      if (problem === null) fillState(record, this.#sent, flags)
      this.#release()
      return problem ?? 'nothing'
    }
    const record = createFlowRecord()
    const problem =
      fillEnds(row, false, record) ??
      fillTimes(netflow, textAt(row, 'timestamp'), record) ??
      fillSide(record, 'forward', told)
    if (problem !== null) return problem
    const state = fillState(record, flags, '')
    if (state !== 'flow') return state
    joined.record = record
    this.#sent = flags
    this.#half = this.key
    return 'nothing'
  }
  #sent = ''

  #release(): void {
    this.#joined.release(this.#half)
    this.#half = ''
  }

  /** Kept for the flow it is about, and with what it tells of that flow in case nothing else does. */
  #alert(row: Row): LineResult {
    const alert = alertOf(row)
    if (alert === null) return 'wrong-columns'
    const record = createFlowRecord()
    const flow = rowAt(row, 'flow')
    const counted = textAt(flow, 'pkts_toserver') === '' ? { pkts_toserver: '1', bytes_toserver: PACKET } : flow
    const result = this.#fill(row, isBackward(row), { ...counted, end: textAt(row, 'timestamp') }, record)
    if (result !== 'flow') return result
    // Without an id it is of no flow that could be told of.
    const key = this.key === '' ? `alert ${textAt(row, 'timestamp')} ${alert.id}` : this.key
    const joined = this.#joined.at(key)
    joined.record = record
    this.#joined.alert(joined, alert)
    return 'nothing'
  }
}

/** An alert on an answer names the responder first. */
function isBackward(row: Row): boolean {
  const opened = textAt(rowAt(row, 'flow'), 'src_ip')
  if (opened !== '') return opened === textAt(row, 'dest_ip')
  return textAt(row, 'direction') === 'to_client'
}
