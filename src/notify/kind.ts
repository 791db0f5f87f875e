import { z } from 'zod'
import { LEVELS } from '../types/verdict.ts'

/** Becomes a word on the page and in the journal. */
const NAME = z.string().regex(/^\w[\w.@-]{0,63}$/, 'must be 1 to 64 letters, digits or . @ - _')

/** One thing to tell. Nothing in it can end a line or steer a terminal. */
export interface Message {
  /** Id of the incident; `test` of a test. */
  id: string
  title: string
  /** A sentence or two, for a person. */
  text: string
  severity: (typeof LEVELS)[number]
  /** Epoch seconds. */
  time: number
  /** The incident as the API gives it, without its story; null of a test. */
  incident: unknown
}

/** Where messages go. */
export interface Channel {
  /** In words, without secrets. */
  readonly target: string
  /** Rejects when it did not arrive, or `signal` aborts. */
  send(message: Message, signal: AbortSignal): Promise<void>
}

/** A kind of output: how `nads.yaml` writes one, and how it is made. */
export interface OutputKind<Kind extends string, Schema extends z.ZodType> {
  readonly kind: Kind
  readonly schema: Schema
  create(settings: z.infer<Schema>): Channel
}

/** Declares a kind; `shape` holds its own settings, `name` is the kind unless given. */
export function outputKind<const Kind extends string, Shape extends z.ZodRawShape>(
  kind: Kind,
  shape: Shape,
  create: (settings: z.infer<ReturnType<typeof entry<Kind, Shape>>>) => Channel,
): OutputKind<Kind, ReturnType<typeof entry<Kind, Shape>>> {
  return { kind, schema: entry(kind, shape), create }
}

function entry<Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) {
  return z.strictObject({
    name: NAME.default(kind),
    kind: z.literal(kind),
    /** Incidents of this severity and above are told of. */
    severity: z.enum(LEVELS).default('high'),
    /** Messages an hour at most; the next one then says how many were held back. */
    perHour: z.number().int().min(1).max(3_600).default(20),
    ...shape,
  })
}
