import type { FlowRecord } from '../../types/flow.ts'
import type { Sight } from '../../types/sight.ts'
import { Columns, checkColumns, firstLine, split } from '../flow-log/cells.ts'
import { ABSENT, CONTENT, type FlowLogFormat, type LineParser, type LineResult } from '../flow-log/format.ts'
import { COLUMNS, type Column, NEEDED } from './columns.ts'
import { fillFlow } from './flow.ts'

const SEPARATORS = ['\t', ','] as const

/** What is shown where a column is there. */
const SHOWN: readonly (readonly [Column, Sight])[] = [
  ['SrcMac', 'mac'],
  ['sTtl', 'ttl'],
  ['sVid', 'vlan'],
]

/** Bidirectional flows as Argus's `ra` prints them with a header, separated by commas or tabs: a `.binetflow`. */
export const BINETFLOW: FlowLogFormat = {
  kind: 'binetflow',
  name: 'Argus binetflow',
  recognises(head, shown) {
    const line = firstLine(head)
    const separator = separatorOf(line)
    if (separator !== null) checkColumns(shown, split(line, separator), NEEDED)
    return separator !== null
  },
  createParser: () => new BinetflowParser(),
}

class BinetflowParser implements LineParser {
  readonly key = ''
  readonly time = 0
  readonly #columns = new Columns(COLUMNS)
  #separator: string | null = null

  read(line: string, record: FlowRecord): LineResult {
    if (line === '') return 'nothing'
    const header = separatorOf(line)
    if (header !== null) return this.#header(line, header)
    if (this.#separator === null || !this.#columns.line(split(line, this.#separator))) return 'wrong-columns'
    return fillFlow(this.#columns.cells, record)
  }

  lacks(): readonly Sight[] {
    const absent = SHOWN.filter(([column]) => !this.#columns.has(column)).map(([, sight]) => sight)
    return [...CONTENT, 'service', ...ABSENT, ...absent]
  }

  /** Logs joined one to another bring their header each. */
  #header(line: string, separator: string): LineResult {
    this.#separator = separator
    this.#columns.header(split(line.replace('\ufeff', ''), separator))
    return 'nothing'
  }
}

/** What separates the columns of `line` when it is a header, else null. */
function separatorOf(line: string): string | null {
  if (!line.includes('SrcAddr')) return null
  return SEPARATORS.find((separator) => isHeader(split(line.replace('\ufeff', ''), separator))) ?? null
}

function isHeader(columns: readonly string[]): boolean {
  return columns.includes('StartTime') && columns.includes('SrcAddr') && columns.includes('DstAddr')
}
