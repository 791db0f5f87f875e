import type { FlowRecord } from '../../types/flow.ts'

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

/** Reads the lines of one log in their order. Never throws on content. */
export interface LineParser {
  /** Fills `record`, save for `id`, `source` and `frame`, when the result is `flow`. */
  read(line: string, record: FlowRecord): LineResult
}

/** A kind of log. */
export interface FlowLogFormat {
  readonly name: string
  /** True when a log that begins with `head` is of this kind. Throws an `InputError` when it is, but lacks what is needed. */
  recognises(head: string, shown: string): boolean
  createParser(): LineParser
}
