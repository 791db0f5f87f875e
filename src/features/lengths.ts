import type { Direction } from '../types/flow.ts'
import type { Feature } from './feature.ts'

/** Packet lengths of each direction. */
export const LENGTHS: readonly Feature[] = [...lengths('forward', 'sent'), ...lengths('reverse', 'received')]

function lengths(side: 'forward' | 'reverse', verb: string): Feature[] {
  return [
    length(side, 'length_min', `shortest packet ${verb}`, 'lengthMin'),
    length(side, 'length_max', `longest packet ${verb}`, 'lengthMax'),
    length(side, 'length_mean', `mean packet ${verb}`, 'lengthMean'),
    length(side, 'length_deviation', `deviation of packet length ${verb}`, 'lengthDeviation'),
  ]
}

function length(side: 'forward' | 'reverse', name: string, label: string, key: keyof Direction): Feature {
  return { name: `${side}_${name}`, label, unit: 'B', scale: 'log', of: ({ flow }) => flow[side][key] }
}
