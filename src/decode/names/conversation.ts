import type { FlowNames } from '../../types/flow.ts'
import type { Payload } from './payload.ts'

/** What a reader wants next of a flow. */
export const WANTS = {
  nothing: 0,
  /** The next payload. */
  more: 1,
  /** The same bytes again, with what follows them in the stream. */
  rest: 2,
} as const

export type Wants = (typeof WANTS)[keyof typeof WANTS]

/** One flow of a protocol that was recognised: takes its payloads, and knows at any time what they said. */
export interface Conversation {
  /** Reads one payload. Never throws; keeps none of its bytes. */
  read(payload: Payload): Wants
  /** The service, given the one the port stands for. */
  service(byPort: string): string
  /** What was read; counts start anew. */
  names(): FlowNames | null
}
