import { z } from 'zod'
import type { Clock } from '../types/clock.ts'
import type { FrameDecoder } from './collect/export-format.ts'
import type { Source } from './source.ts'

/** Becomes a label of metrics and a word on the page. */
const NAME = z.string().regex(/^\w[\w.:@-]{0,63}$/, 'must be 1 to 64 letters, digits or . : @ - _')

/** What every source may need of the run it is part of. */
export interface SourceContext {
  seed: number
  clock: Clock
  /** A decoder of frames, for sources that are handed single packets. */
  decoder: () => FrameDecoder
  /** Where a source may keep its position; absent when nothing is kept. */
  dataDir?: string | undefined
}

/** A kind of source: how `nads.yaml` writes one, and how it is made. */
export interface SourceKind<Kind extends string, Schema extends z.ZodType> {
  readonly kind: Kind
  /** One entry of `sources` of this kind. */
  readonly schema: Schema
  /** Reads what has happened already: such sources run first, one after the other, before those that go on for ever start. */
  readonly past: boolean
  /** Several are read one after the other, as one input. Throws an `InputError` for settings that cannot be. */
  create(settings: z.infer<Schema>, context: SourceContext): Source | readonly Source[]
}

/** Declares a kind; `shape` holds its own settings, `name` is the kind unless given. */
export function sourceKind<const Kind extends string, Shape extends z.ZodRawShape>(
  kind: Kind,
  shape: Shape,
  rest: {
    past?: boolean
    create(settings: z.infer<ReturnType<typeof entry<Kind, Shape>>>, context: SourceContext): Source | readonly Source[]
  },
): SourceKind<Kind, ReturnType<typeof entry<Kind, Shape>>> {
  return { kind, schema: entry(kind, shape), past: rest.past ?? false, create: rest.create }
}

function entry<Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) {
  return z.strictObject({ name: NAME.default(kind), kind: z.literal(kind), ...shape })
}
