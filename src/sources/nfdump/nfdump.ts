import { formatAddress } from '../../net/address.ts'
import { createFlowRecord } from '../../net/flow-record.ts'
import type { FlowRecord } from '../../types/flow.ts'
import type { Sight } from '../../types/sight.ts'
import { ObjectLines } from '../eve/object-lines.ts'
import { Columns, firstLine, split } from '../flow-log/cells.ts'
import { ABSENT, CONTENT, type FlowLogFormat, type LineParser, type LineResult } from '../flow-log/format.ts'
import type { Joined } from '../flow-log/joined.ts'
import { textAt } from '../flow-log/json.ts'
import { COLUMNS, type Fields, ofCsv, ofJson } from './fields.ts'
import { fillHalf, isAnswer, joinHalves } from './half.ts'

/** Seconds a direction waits for the other one. */
const WAIT = 120

const HEADERS: readonly (readonly string[])[] = [
  ['ts', 'te', 'sa', 'da', 'ipkt', 'ibyt'],
  ['firstSeen', 'srcAddr', 'dstAddr', 'packets', 'bytes'],
]

/** What nfdump prints of its files: `-o csv` of any version, or `-o json`; the two directions of a flow are joined. */
export const NFDUMP: FlowLogFormat = {
  kind: 'nfdump',
  name: 'nfdump CSV or JSON',
  recognises: (head) =>
    isHeader(firstLine(head.trimStart())) || (/^\s*\[?\s*\{/.test(head) && /"type"\s*:\s*"(FLOW|EVENT)"/.test(head)),
  createParser: (joined) => new NfdumpParser(joined),
}

function isHeader(line: string): boolean {
  const columns = split(line, ',')
  return HEADERS.some((header) => header.every((name) => columns.includes(name)))
}

interface Waiting {
  key: string
  until: number
  flags: string
}

class NfdumpParser implements LineParser {
  readonly key = ''
  time = 0
  readonly #joined: Joined
  readonly #columns = new Columns(COLUMNS)
  readonly #objects = new ObjectLines()
  /** Directions that wait for the other one, by flow, in the order of their coming. */
  readonly #waiting = new Map<string, Waiting>()
  #form: 'csv' | 'json' | null = null
  #over = false

  constructor(joined: Joined) {
    this.#joined = joined
  }

  read(line: string, _record: FlowRecord): LineResult {
    if (isHeader(line)) {
      this.#columns.header(split(line, ','))
      this.#form = 'csv'
      this.#over = false
      return 'nothing'
    }
    // What follows a table is its summary.
    if (line.startsWith('Summary')) this.#over = true
    if (this.#over || line === '' || line.startsWith('No matching flows')) return 'nothing'
    if (this.#form !== 'csv') return this.#json(line)
    if (!this.#columns.line(split(line, ','))) return 'wrong-columns'
    const { cells } = this.#columns
    return this.#half(ofCsv((name) => cells[COLUMNS.indexOf(name)] ?? ''))
  }

  lacks(): readonly Sight[] {
    const isCsv = this.#form === 'csv'
    const absent: Sight[] = isCsv && !this.#columns.has('flg') && !this.#columns.has('flags') ? ['tcp-flags'] : []
    return [...CONTENT, 'service', ...ABSENT, 'arp', 'ttl', ...absent]
  }

  #json(line: string): LineResult {
    this.#form = 'json'
    const row = this.#objects.push(line)
    if (row === undefined) return 'nothing'
    if (row === null) return 'not-json'
    return textAt(row, 'type') === 'FLOW' ? this.#half(ofJson(row)) : 'nothing'
  }

  /** Every direction is handed on as what waited in vain, for nothing says whether the other one will come. */
  #half(fields: Fields): LineResult {
    const record = createFlowRecord()
    const result = fillHalf(fields, record)
    if (result !== 'flow') return result
    this.time = Math.max(this.time, record.last)
    this.#releaseBefore(this.time)
    const other = this.#waiting.get(endsOf(record, true))
    const own = endsOf(record, false)
    if (other === undefined || record.reverse.packets > 0) {
      this.#release(own)
      const key = `half ${own}`
      this.#joined.at(key).record = record
      this.#waiting.set(own, { key, until: record.last + WAIT, flags: fields.flags })
      if (record.reverse.packets > 0) this.#release(own)
      return 'nothing'
    }
    const told = this.#joined.at(other.key)
    if (told.record !== null) told.record = join(told.record, other.flags, record, fields.flags)
    this.#release(endsOf(record, true))
    return 'nothing'
  }

  #release(ends: string): void {
    const waiting = this.#waiting.get(ends)
    if (waiting === undefined) return
    this.#waiting.delete(ends)
    this.#joined.release(waiting.key)
  }

  #releaseBefore(time: number): void {
    for (const [ends, { until }] of this.#waiting) {
      if (until > time) break
      this.#release(ends)
    }
  }
}

function join(one: FlowRecord, flags: string, other: FlowRecord, otherFlags: string): FlowRecord {
  if (isAnswer(one, other)) {
    joinHalves(other, otherFlags, one, flags)
    return other
  }
  joinHalves(one, flags, other, otherFlags)
  return one
}

function endsOf({ address, protocol, srcPort, dstPort }: FlowRecord, swapped: boolean): string {
  const isIcmp = protocol === 1 || protocol === 58
  const ends = [
    `${formatAddress(address)} ${isIcmp ? '' : srcPort}`,
    `${formatAddress(address, 4)} ${isIcmp ? '' : dstPort}`,
  ]
  return [protocol, ...(swapped ? ends.reverse() : ends)].join(' ')
}
