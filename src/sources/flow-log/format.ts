import type { FlowRecord } from '../../types/flow.ts'
import type { Sight } from '../../types/sight.ts'
import type { Joined } from './joined.ts'

/** What a line came to: `flow` when the record is filled, `nothing` when it holds none, else why it cannot be used. */
export type LineResult = 'flow' | 'nothing' | (typeof REASONS)[number]

/** Why a line is passed over. */
export const REASONS = [
  'not-json',
  'wrong-columns',
  'bad-time',
  'bad-address',
  'bad-number',
  'unknown-protocol',
  'no-packets',
  'management-record',
] as const

/** What no log of whole flows shows. */
export const ABSENT: readonly Sight[] = ['packet-gaps', 'packet-lengths', 'flag-counts', 'slices']

/** What is read of the application layer. */
export const CONTENT: readonly Sight[] = ['dns', 'tls', 'http', 'ssh', 'dhcp', 'modbus', 'tftp']

/** Reads the lines of one log in their order. Never throws on content. */
export interface LineParser {
  /** Fills `record`, save for `id`, `source` and `frame`, when the result is `flow`. */
  read(line: string, record: FlowRecord): LineResult
  /** What the lines so far cannot show: by their columns, where those can differ. */
  lacks(): readonly Sight[]
  /** What other lines call the flow just read, `''` when none can. */
  readonly key: string
  /** When the line just read says it was, epoch seconds; 0 while none did. */
  readonly time: number
}

/** A kind of log. */
export interface FlowLogFormat {
  /** One word for it, as its folder is called. */
  readonly kind: string
  readonly name: string
  /** True when a log that begins with `head` is of this kind. Throws an `InputError` when it is, but lacks what is needed. */
  recognises(head: string, shown: string): boolean
  /** True when such a log tells of flows that are in another log of this kind. Absent where no log does. */
  isCompanion?(head: string): boolean
  /** A parser for all logs of this kind that are read together; what is told of flows by key goes to `joined`. */
  createParser(joined: Joined): LineParser
}
