import type { Feature } from './feature.ts'
import { bytes, duration, packets } from './quantities.ts'

/** How much, how long. */
export const TOTALS: readonly Feature[] = [
  { name: 'packets', label: 'packets', unit: 'packets', scale: 'log', of: ({ flow }) => packets(flow) },
  { name: 'bytes', label: 'bytes', unit: 'B', scale: 'log', of: ({ flow }) => bytes(flow) },
  { name: 'duration', label: 'duration', unit: 's', scale: 'log', of: ({ flow }) => duration(flow) },
]
