import { z } from 'zod'
import { createFileSources, type FileKinds } from './detect.ts'
import { sourceKind } from './kind.ts'

/** `read`: captures and logs of flows that are complete, one after the other; `-` is standard input. */
export const readKind = (kinds: FileKinds) =>
  sourceKind(
    'read',
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
      past: true,
      create: ({ files }) => createFileSources(files, kinds),
    },
  )
