import type { Feature } from './feature.ts'
import { FLAGGED, type Flag, packets, ratio } from './quantities.ts'

/** TCP flags, counted and as a share of all packets; 0 throughout for what is not TCP. */
export const FLAGS: readonly Feature[] = [
  count('syn'),
  count('fin'),
  count('rst'),
  count('psh'),
  share('syn'),
  share('fin'),
  share('rst'),
  share('psh'),
  share('ack'),
  {
    name: 'odd_flags',
    label: 'packets with URG, ECE or CWR',
    unit: 'packets',
    scale: 'log',
    of: ({ flow }) => FLAGGED.urg(flow) + FLAGGED.ece(flow) + FLAGGED.cwr(flow),
  },
]

function count(flag: Flag): Feature {
  const name = flag.toUpperCase()
  const flagged = FLAGGED[flag]
  return {
    name: `${flag}_packets`,
    label: `packets with ${name}`,
    unit: 'packets',
    scale: 'log',
    of: ({ flow }) => flagged(flow),
  }
}

function share(flag: Flag): Feature {
  const flagged = FLAGGED[flag]
  return {
    name: `${flag}_share`,
    label: `share of packets with ${flag.toUpperCase()}`,
    unit: '',
    scale: 'linear',
    of: ({ flow }) => ratio(flagged(flow), packets(flow)),
  }
}
