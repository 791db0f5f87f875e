import { parseAddress } from '../../net/address.ts'
import { PROTOCOL } from '../../net/flow-record.ts'
import type { FlowRecord } from '../../types/flow.ts'
import type { Sight } from '../../types/sight.ts'
import { connStateNamed } from '../binetflow/state.ts'
import { headersOf, volumeOf } from '../binetflow/volume.ts'
import { Columns, checkColumns, firstLine, split } from '../flow-log/cells.ts'
import { endReasonOf, fillDirection, fillFlags } from '../flow-log/direction.ts'
import { ABSENT, CONTENT, type FlowLogFormat, type LineParser, type LineResult } from '../flow-log/format.ts'
import { countOf, portOf, protocolOf, secondsOf, timeOf, truthOf } from '../flow-log/values.ts'
import { seenFlags } from '../zeek/history.ts'
import { serviceNamed } from '../zeek/service.ts'

const NEEDED = [
  'srcip',
  'sport',
  'dstip',
  'dsport',
  'proto',
  'state',
  'dur',
  'sbytes',
  'dbytes',
  'spkts',
  'dpkts',
  'stime',
] as const
const COLUMNS = [...NEEDED, 'service', 'sttl', 'attack_cat', 'label'] as const

type Column = (typeof COLUMNS)[number]

const AT = Object.fromEntries(COLUMNS.map((name, i) => [name, i])) as Readonly<Record<Column, number>>

/** The data set UNSW-NB15 (Moustafa, Slay 2015) with its addresses: flows of Argus and Zeek in CSV with a header. */
export const UNSW_NB15: FlowLogFormat = {
  kind: 'unsw-nb15',
  name: 'UNSW-NB15 CSV',
  recognises(head, shown) {
    const columns = split(firstLine(head), ',')
    const found = isHeader(columns)
    if (found) checkColumns(shown, columns, NEEDED)
    return found
  },
  createParser: () => new UnswParser(),
}

function isHeader(columns: readonly string[]): boolean {
  const lower = columns.map((column) => column.trim().toLowerCase())
  return ['srcip', 'dstip', 'ct_state_ttl'].every((name) => lower.includes(name))
}

class UnswParser implements LineParser {
  readonly key = ''
  readonly time = 0
  readonly #columns = new Columns(COLUMNS)
  #begun = false

  read(line: string, record: FlowRecord): LineResult {
    if (line === '') return 'nothing'
    const cells = split(line.replace('\ufeff', ''), ',')
    if (line.includes('ct_state_ttl') && isHeader(cells)) {
      this.#columns.header(cells)
      this.#begun = true
      return 'nothing'
    }
    if (!this.#begun || !this.#columns.line(cells)) return 'wrong-columns'
    return fillFlow((name) => this.#columns.cells[AT[name]]!, record)
  }

  lacks(): readonly Sight[] {
    return [...CONTENT, ...ABSENT, 'arp', 'mac', 'vlan']
  }
}

function fillFlow(cell: (name: Column) => string, record: FlowRecord): LineResult {
  record.protocol = protocolOf(cell('proto'))
  if (record.protocol < 0 || record.protocol > 255) return 'unknown-protocol'
  record.first = record.opened = timeOf(cell('stime'))
  record.last = record.first + secondsOf(cell('dur'))
  if (Number.isNaN(record.last)) return 'bad-time'
  const { address, protocol } = record
  if (!parseAddress(cell('srcip'), address) || !parseAddress(cell('dstip'), address, 4)) return 'bad-address'
  record.srcPort = portOf(cell('sport'))
  record.dstPort = portOf(cell('dsport'))
  const counts = (['spkts', 'sbytes', 'dpkts', 'dbytes'] as const).map((name) => countOf(cell(name)))
  if (Number.isNaN(counts.reduce((sum, count) => sum + count, record.srcPort + record.dstPort))) return 'bad-number'
  const [sent, sentBytes, got, gotBytes] = counts as [number, number, number, number]
  if (sent + got === 0) return 'no-packets'
  const headers = headersOf(protocol, address)
  fillDirection(record.forward, volumeOf(sent, sentBytes, headers, true))
  fillDirection(record.reverse, volumeOf(got, gotBytes, headers, true))
  if (protocol !== PROTOCOL.tcp) record.connState = sent > 0 && got > 0 ? 'SF' : 'S0'
  else {
    record.connState = connStateNamed(cell('state'))
    fillFlags(record.forward, seenFlags('', record.connState, true))
    fillFlags(record.reverse, seenFlags('', record.connState, false))
  }
  record.endReason = endReasonOf(record)
  record.service = serviceNamed(cell('service'), protocol, record.dstPort)
  record.ttl = Math.min(255, countOf(cell('sttl')) || 0)
  record.label = truthOf(cell('label'), cell('attack_cat'))
  return 'flow'
}
