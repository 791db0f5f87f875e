import type { Feature } from './feature.ts'

/** Rhythm: time between packets of one direction. */
export const GAPS: readonly Feature[] = [
  {
    name: 'forward_gap_mean',
    label: 'mean gap between packets sent',
    unit: 's',
    scale: 'log',
    of: ({ flow }) => flow.forward.gapMean,
  },
  {
    name: 'forward_gap_deviation',
    label: 'deviation of gaps between packets sent',
    unit: 's',
    scale: 'log',
    of: ({ flow }) => flow.forward.gapDeviation,
  },
  {
    name: 'forward_gap_max',
    label: 'longest gap between packets sent',
    unit: 's',
    scale: 'log',
    of: ({ flow }) => flow.forward.gapMax,
  },
  {
    name: 'reverse_gap_mean',
    label: 'mean gap between packets received',
    unit: 's',
    scale: 'log',
    of: ({ flow }) => flow.reverse.gapMean,
  },
  {
    name: 'reverse_gap_deviation',
    label: 'deviation of gaps between packets received',
    unit: 's',
    scale: 'log',
    of: ({ flow }) => flow.reverse.gapDeviation,
  },
]
