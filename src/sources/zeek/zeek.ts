import { InputError } from '../../types/errors.ts'
import type { FlowRecord } from '../../types/flow.ts'
import type { Sight } from '../../types/sight.ts'
import { Columns, checkColumns, firstLine, split } from '../flow-log/cells.ts'
import { ABSENT, CONTENT, type FlowLogFormat, type LineParser, type LineResult } from '../flow-log/format.ts'
import type { Joined } from '../flow-log/joined.ts'
import { objectOf } from '../flow-log/json.ts'
import { timeOf } from '../flow-log/values.ts'
import { COLUMNS, type Column, NEEDED } from './columns.ts'
import { COMPANIONS, type Companion, companionOf } from './companions.ts'
import { fillConnection } from './connection.ts'

const FIELDS = '#fields'
const SEPARATOR = '#separator '
/** Published data sets put labels into the last cell, three spaces apart. */
const LABEL_GAP = '   '
/** Connections one line of `dhcp.log` may name. */
const UIDS_MAX = 16

/** What is shown where a column is there. */
const SHOWN: readonly (readonly [Column, Sight])[] = [
  ['service', 'service'],
  ['orig_l2_addr', 'mac'],
  ['vlan', 'vlan'],
]

/** Zeek's `conn.log`: tab-separated with its own header, JSON lines, or CSV with Zeek's field names; and what is logged beside it. */
export const ZEEK: FlowLogFormat = {
  kind: 'zeek',
  name: 'Zeek conn.log',
  recognises(head, shown) {
    const columns = columnsOf(head)
    if (columns !== null) checkColumns(shown, columns, NEEDED)
    else if (isJson(head)) checkObject(shown, firstLine(head.trimStart()))
    else return false
    return true
  },
  isCompanion(head) {
    const columns = columnsOf(head) ?? Object.keys(objectOf(firstLine(head.trimStart())) ?? {})
    return !columns.some(isConnection) && companionOf((name) => columns.includes(name)) !== null
  },
  createParser: (joined) => new ZeekParser(joined),
}

/** The columns a header names, null where there is none of Zeek's. */
function columnsOf(head: string): string[] | null {
  const fields = head.split('\n').find((line) => line.startsWith(FIELDS))
  if (fields !== undefined) return cellsOf(fields.trimEnd(), separatorOf(head) ?? '\t', true).slice(1)
  return isCsv(firstLine(head)) ? split(firstLine(head), ',') : null
}

function isJson(head: string): boolean {
  return head.trimStart().startsWith('{') && firstLine(head.trimStart()).includes('"id.orig_h"')
}

function isCsv(line: string): boolean {
  return split(line, ',').includes('id.orig_h')
}

/** Zeek leaves out what is not set: of `conn.log` only `conn_state` is in every line and in no other log. */
function isConnection(column: string): boolean {
  return column === 'conn_state' || column === 'orig_pkts'
}

function checkObject(shown: string, line: string): void {
  if (line.includes('"conn_state"') || line.includes('"orig_pkts"')) return
  throw new InputError(`${shown}: a log of Zeek's, but not conn.log, the one with packets and bytes`)
}

class ZeekParser implements LineParser {
  key = ''
  time = 0
  readonly #joined: Joined
  readonly #connections = new Columns(COLUMNS)
  readonly #companions = new Map(COMPANIONS.map((companion) => [companion, new Columns(companion.columns)]))
  readonly #seen = new Set<Sight>()
  #companion: Companion | null = null
  #columns = this.#connections
  #separator = '\t'
  #labelled = false
  #begun: 'header' | 'json' | null = null

  constructor(joined: Joined) {
    this.#joined = joined
  }

  read(line: string, record: FlowRecord): LineResult {
    if (line === '' || line.startsWith('#')) return this.#directive(line)
    if (line.startsWith('{') && this.#begun !== 'header') return this.#json(line, record)
    if (line.includes('id.orig_h') && isCsv(line)) return this.#header(split(line.replace('\ufeff', ''), ','), ',')
    if (this.#begun !== 'header') return 'wrong-columns'
    const cells = cellsOf(line, this.#separator, this.#labelled)
    return this.#columns.line(cells) ? this.#fill(record) : 'wrong-columns'
  }

  lacks(): readonly Sight[] {
    const absent = SHOWN.filter(([column]) => !this.#connections.has(column)).map(([, sight]) => sight)
    const content = CONTENT.filter((sight) => !this.#seen.has(sight))
    return [...content, ...ABSENT, 'arp', 'ttl', ...absent]
  }

  /** Logs joined one to another bring their header each. */
  #directive(line: string): LineResult {
    this.#separator = separatorOf(line) ?? this.#separator
    if (!line.startsWith(FIELDS)) return 'nothing'
    this.#labelled = line.includes(LABEL_GAP)
    return this.#header(cellsOf(line, this.#separator, this.#labelled).slice(1), this.#separator)
  }

  #header(columns: readonly string[], separator: string): LineResult {
    this.#choose((name) => columns.includes(name))
    this.#columns.header(columns)
    this.#separator = separator
    this.#begun = 'header'
    return 'nothing'
  }

  #json(line: string, record: FlowRecord): LineResult {
    this.#begun = 'json'
    const row = objectOf(line)
    if (row === null) return 'not-json'
    this.#choose((name) => Object.hasOwn(row, name))
    this.#columns.object(row, this.#companion?.columns ?? COLUMNS)
    return this.#fill(record)
  }

  #choose(has: (column: string) => boolean): void {
    this.#companion = has('conn_state') || has('orig_pkts') ? null : companionOf(has)
    this.#columns = this.#companion === null ? this.#connections : this.#companions.get(this.#companion)!
    if (this.#companion !== null) this.#seen.add(this.#companion.shows)
  }

  #fill(record: FlowRecord): LineResult {
    const { cells } = this.#columns
    if (this.#companion === null) return fillConnection(cells, record, (uid) => (this.key = uid))
    const { columns, tell } = this.#companion
    this.time = Math.max(this.time, timeOf(cells[1]!) || 0)
    const cell = (name: string): string => cells[columns.indexOf(name)] ?? ''
    for (const uid of (cells[0] || cell('uid')).split(',', UIDS_MAX)) {
      if (uid !== '') tell(cell, this.#joined.at(uid).gathered)
    }
    return 'nothing'
  }
}

function cellsOf(line: string, separator: string, labelled: boolean): string[] {
  if (separator === ',') return split(line, separator)
  const cells = line.split(separator)
  return labelled ? cells.flatMap((cell) => cell.split(LABEL_GAP)) : cells
}

/** The separator a `#separator \x09` names, null where there is none. */
function separatorOf(head: string): string | null {
  const at = head.startsWith(SEPARATOR) ? 0 : head.indexOf(`\n${SEPARATOR}`) + 1
  if (at === 0 && !head.startsWith(SEPARATOR)) return null
  const value = firstLine(head.slice(at + SEPARATOR.length)).trim()
  const code = value.startsWith('\\x') ? Number.parseInt(value.slice(2), 16) : value.charCodeAt(0)
  return code > 0 && code < 128 ? String.fromCharCode(code) : null
}
