import { z } from 'zod'
import type { FlowLogFormat } from '../flow-log/format.ts'
import { sourceKind } from '../kind.ts'
import { createFollowSource } from './follow.ts'
import { createPositions } from './positions.ts'

/** `follow`: logs of flows that are still being written, from where they were left. */
export const followKind = (formats: readonly FlowLogFormat[]) =>
  sourceKind(
    'follow',
    {
      files: z.union([
        z.array(z.string().min(1)).min(1),
        z
          .string()
          .min(1)
          .transform((file) => [file]),
      ]),
    },
    {
      create: ({ name, files }, { clock, dataDir }) =>
        createFollowSource({ name, paths: files, formats, clock, positions: createPositions(dataDir) }),
    },
  )
