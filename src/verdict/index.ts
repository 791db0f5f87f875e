import { createCalibratedFusion } from './calibrated.ts'
import { createClassicFusion } from './classic.ts'
import type { Fusion } from './fusion.ts'

/** Every way to make one verdict of several opinions. */
export const FUSIONS = { calibrated: createCalibratedFusion, classic: createClassicFusion } as const

/** The fusion of that name. */
export function createFusion(name: keyof typeof FUSIONS): Fusion {
  return FUSIONS[name]()
}
