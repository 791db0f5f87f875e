import type { FlowRecord } from './flow.ts'
import type { HostContext } from './host.ts'

export type { HostContext } from './host.ts'

/** What later stages may know of a flow: the record, what is known of its hosts, and the features drawn from both. */
export interface Observation {
  readonly flow: FlowRecord
  readonly context: HostContext
  /** One value per feature, in the order of the feature list; reused, so copy what you keep. */
  readonly features: Float64Array
}
