import { z } from 'zod'
import { sourceKind } from '../kind.ts'
import { createSimulator } from './simulator.ts'

/** Settings of made-up traffic. */
export const SIMULATOR_SETTINGS = {
  /** Flows a second. */
  rate: z.number().positive().max(100_000).default(0.5),
  scenario: z.string().default('home'),
}

/** `simulator`: a household and what attacks it, made up at the pace of the clock. */
export const SIMULATOR = sourceKind('simulator', SIMULATOR_SETTINGS, {
  create: ({ rate, scenario }, { seed, clock }) =>
    createSimulator({ seed, clock, start: Math.floor(clock.now()), rate, scenario }),
})
