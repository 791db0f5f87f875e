import type { FlowRecord } from '../types/flow.ts'
import type { Feature } from './feature.ts'

/** Packet lengths of each direction. */
export const LENGTHS: readonly Feature[] = [
  length('forward_length_min', 'shortest packet sent', ({ forward }) => forward.lengthMin),
  length('forward_length_max', 'longest packet sent', ({ forward }) => forward.lengthMax),
  length('forward_length_mean', 'mean packet sent', ({ forward }) => forward.lengthMean),
  length('forward_length_deviation', 'deviation of packet length sent', ({ forward }) => forward.lengthDeviation),
  length('reverse_length_min', 'shortest packet received', ({ reverse }) => reverse.lengthMin),
  length('reverse_length_max', 'longest packet received', ({ reverse }) => reverse.lengthMax),
  length('reverse_length_mean', 'mean packet received', ({ reverse }) => reverse.lengthMean),
  length('reverse_length_deviation', 'deviation of packet length received', ({ reverse }) => reverse.lengthDeviation),
]

function length(name: string, label: string, get: (flow: FlowRecord) => number): Feature {
  return { name, label, unit: 'B', scale: 'log', of: ({ flow }) => get(flow) }
}
