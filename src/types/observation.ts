import type { FlowRecord } from './flow.ts'

/** What later stages may know of a flow: the record, what is known of its hosts, and the features drawn from both. */
export interface Observation {
  readonly flow: FlowRecord
  readonly context: HostContext
  /** One value per feature, in the order of the feature list; reused, so copy what you keep. */
  readonly features: Float64Array
}

/** What the hosts stage knows about the two ends of the flow at hand, this flow included. Reused for every flow. */
export interface HostContext {
  /** Shannon entropy, bits, of the addresses seen as source (destination) in the last flows of the whole network. */
  srcEntropy: number
  dstEntropy: number
}
