import { z } from 'zod'

/** A `Place` as it is read back from JSON. */
export const placeSchema = z.object({
  count: z.number(),
  reached: z.number(),
  below: z.number().nullable(),
  above: z.number().nullable(),
  median: z.number(),
  largest: z.number(),
  finest: z.number(),
})
