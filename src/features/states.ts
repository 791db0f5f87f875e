import type { ConnState } from '../types/flow.ts'
import type { Feature } from './feature.ts'

/** Never established, or refused. */
const FAILED: ReadonlySet<ConnState> = new Set(['S0', 'REJ', 'RSTOS0', 'RSTRH', 'SH', 'SHR'])

/** How it went. */
export const STATES: readonly Feature[] = [
  {
    name: 'failed',
    label: 'failed',
    unit: '',
    scale: 'linear',
    words: ['no', 'yes'],
    of: ({ flow }) => Number(FAILED.has(flow.connState)),
  },
  {
    name: 'one_way',
    label: 'unanswered',
    unit: '',
    scale: 'linear',
    words: ['no', 'yes'],
    of: ({ flow }) => Number(flow.reverse.packets === 0),
  },
]
