import { InputError } from '../../types/errors.ts'
import type { FlowRecord } from '../../types/flow.ts'
import type { Sight } from '../../types/sight.ts'
import { Columns, checkColumns, firstLine, split } from '../flow-log/cells.ts'
import { ABSENT, CONTENT, type FlowLogFormat, type LineParser, type LineResult } from '../flow-log/format.ts'
import { COLUMNS, type Column, NEEDED } from './columns.ts'
import { fillConnection } from './connection.ts'

const FIELDS = '#fields'
const SEPARATOR = '#separator '
/** Published data sets put labels into the last cell, three spaces apart. */
const LABEL_GAP = '   '

/** What is shown where a column is there. */
const SHOWN: readonly (readonly [Column, Sight])[] = [
  ['service', 'service'],
  ['orig_l2_addr', 'mac'],
  ['vlan', 'vlan'],
]

/** Zeek's `conn.log`: tab-separated with its own header, JSON lines, or CSV with Zeek's field names. */
export const ZEEK: FlowLogFormat = {
  kind: 'zeek',
  name: 'Zeek conn.log',
  recognises(head, shown) {
    const fields = head.split('\n').find((line) => line.startsWith(FIELDS))
    if (fields !== undefined)
      checkColumns(shown, cellsOf(fields.trimEnd(), separatorOf(head) ?? '\t', true).slice(1), NEEDED)
    else if (isJson(head)) checkObject(shown, firstLine(head.trimStart()))
    else if (isCsv(firstLine(head))) checkColumns(shown, split(firstLine(head), ','), NEEDED)
    else return false
    return true
  },
  createParser: () => new ZeekParser(),
}

function isJson(head: string): boolean {
  return head.trimStart().startsWith('{') && firstLine(head.trimStart()).includes('"id.orig_h"')
}

function isCsv(line: string): boolean {
  return split(line, ',').includes('id.orig_h')
}

/** Zeek leaves out what is not set: of `conn.log` only `conn_state` is in every line and in no other log. */
function checkObject(shown: string, line: string): void {
  if (line.includes('"conn_state"') || line.includes('"orig_pkts"')) return
  throw new InputError(`${shown}: a log of Zeek's, but not conn.log, the one with packets and bytes`)
}

class ZeekParser implements LineParser {
  readonly #columns = new Columns(COLUMNS)
  #separator = '\t'
  #labelled = false
  #begun: 'header' | 'json' | null = null

  read(line: string, record: FlowRecord): LineResult {
    if (line === '' || line.startsWith('#')) return this.#directive(line)
    if (line.startsWith('{') && this.#begun !== 'header') return this.#json(line, record)
    if (line.includes('id.orig_h') && isCsv(line)) return this.#header(split(line.replace('\ufeff', ''), ','), ',')
    if (this.#begun !== 'header') return 'wrong-columns'
    const cells = cellsOf(line, this.#separator, this.#labelled)
    return this.#columns.line(cells) ? fillConnection(this.#columns.cells, record) : 'wrong-columns'
  }

  lacks(): readonly Sight[] {
    const absent = SHOWN.filter(([column]) => !this.#columns.has(column)).map(([, sight]) => sight)
    return [...CONTENT, ...ABSENT, 'arp', 'ttl', ...absent]
  }

  /** Logs joined one to another bring their header each. */
  #directive(line: string): LineResult {
    this.#separator = separatorOf(line) ?? this.#separator
    if (!line.startsWith(FIELDS)) return 'nothing'
    this.#labelled = line.includes(LABEL_GAP)
    return this.#header(cellsOf(line, this.#separator, this.#labelled).slice(1), this.#separator)
  }

  #header(columns: readonly string[], separator: string): LineResult {
    this.#columns.header(columns)
    this.#separator = separator
    this.#begun = 'header'
    return 'nothing'
  }

  #json(line: string, record: FlowRecord): LineResult {
    this.#begun = 'json'
    try {
      this.#columns.object(JSON.parse(line) as Record<string, unknown>, COLUMNS)
    } catch {
      return 'not-json'
    }
    return fillConnection(this.#columns.cells, record)
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
