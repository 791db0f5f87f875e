import type { FlowRecord } from '../../types/flow.ts'
import type { Sight } from '../../types/sight.ts'
import { Columns, checkColumns, firstLine, split } from '../flow-log/cells.ts'
import { CONTENT, type FlowLogFormat, type LineParser, type LineResult } from '../flow-log/format.ts'
import { COLUMNS, canonical, NEEDED } from './columns.ts'
import { fillFlow } from './flow.ts'

/** What of a header is in every spelling of it and in no other log. */
const MARKS = ['flow duration', 'total fwd packet', 'total length fwd packet']

/** Flows as CICFlowMeter writes them, in CSV with any of its spellings: CIC-IDS2017, CSE-CIC-IDS2018 and others. */
export const CICFLOWMETER: FlowLogFormat = {
  kind: 'cicflowmeter',
  name: 'CICFlowMeter CSV',
  recognises(head, shown) {
    const columns = headerOf(firstLine(head))
    if (columns !== null) checkColumns(shown, columns, NEEDED)
    return columns !== null
  },
  createParser: () => new CicParser(),
}

class CicParser implements LineParser {
  readonly key = ''
  readonly time = 0
  readonly #columns = new Columns(COLUMNS)
  #begun = false

  read(line: string, record: FlowRecord): LineResult {
    if (line === '') return 'nothing'
    const header = line.startsWith('1') ? null : headerOf(line)
    if (header !== null) {
      this.#columns.header(header)
      this.#begun = true
      return 'nothing'
    }
    return this.#begun && this.#columns.line(split(line, ',')) ? fillFlow(this.#columns.cells, record) : 'wrong-columns'
  }

  lacks(): readonly Sight[] {
    const absent: Sight[] = []
    if (!this.#columns.has('fwd iat mean')) absent.push('packet-gaps')
    if (!this.#columns.has('fwd packet length max')) absent.push('packet-lengths')
    return [...CONTENT, 'service', 'flag-counts', 'slices', 'arp', 'mac', 'vlan', 'ttl', ...absent]
  }
}

function headerOf(line: string): string[] | null {
  const columns = split(line.replace('\ufeff', ''), ',').map(canonical)
  return MARKS.every((mark) => columns.includes(mark)) ? columns : null
}
