import { CLASSIC } from './classic.ts'
import { DIRECTIONS } from './directions.ts'
import type { Feature } from './feature.ts'
import { FLAGS } from './flags.ts'
import { GAPS } from './gaps.ts'
import { HOST_FEATURES } from './host.ts'
import { LENGTHS } from './lengths.ts'
import { PORTS } from './ports.ts'
import { STATES } from './states.ts'
import { TOTALS } from './totals.ts'

/** The families in the order of the list. Append: models depend on positions. */
export const FAMILIES: readonly { readonly name: string; readonly features: readonly Feature[] }[] = [
  { name: 'classic', features: CLASSIC },
  { name: 'totals', features: TOTALS },
  { name: 'directions', features: DIRECTIONS },
  { name: 'flags', features: FLAGS },
  { name: 'gaps', features: GAPS },
  { name: 'lengths', features: LENGTHS },
  { name: 'ports', features: PORTS },
  { name: 'states', features: STATES },
  { name: 'host', features: HOST_FEATURES },
]

/** The one ordered list: a feature's position here is its position in every vector and every model. */
export const FEATURES: readonly Feature[] = FAMILIES.flatMap((family) => family.features)
