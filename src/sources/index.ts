import { z } from 'zod'
import type { Sight } from '../types/sight.ts'
import { BINETFLOW } from './binetflow/binetflow.ts'
import { CICFLOWMETER } from './cicflowmeter/cicflowmeter.ts'
import { EXPORT_LACKS } from './collect/collector.ts'
import type { ExportFormat } from './collect/export-format.ts'
import { collectKind } from './collect/kind.ts'
import type { FileKinds } from './detect.ts'
import { EVE } from './eve/eve.ts'
import type { FlowLogFormat } from './flow-log/format.ts'
import { Joined } from './flow-log/joined.ts'
import { followKind } from './follow/kind.ts'
import type { SourceContext } from './kind.ts'
import { NETFLOW } from './netflow/netflow.ts'
import { NFDUMP } from './nfdump/nfdump.ts'
import { createPcapSource } from './pcap/pcap.ts'
import { readKind } from './read.ts'
import { SFLOW } from './sflow/sflow.ts'
import { SIMULATOR } from './simulator/kind.ts'
import type { Source } from './source.ts'
import { UNSW_NB15 } from './unsw-nb15/unsw-nb15.ts'
import { WATCH } from './watch/kind.ts'
import { ZEEK } from './zeek/zeek.ts'

/** Kinds of flow logs that are understood. */
const LOGS: readonly FlowLogFormat[] = [ZEEK, EVE, NFDUMP, BINETFLOW, CICFLOWMETER, UNSW_NB15]

/** Protocols in which devices export flows. */
const EXPORTS: readonly ExportFormat[] = [NETFLOW, SFLOW]

/** What a file may be; its content decides. */
export const FILE_KINDS: FileKinds = { capture: createPcapSource, logs: LOGS }

/** What each kind of input lacks at worst: a log that has only the columns without which it cannot be read. */
export const LACKS: ReadonlyMap<string, readonly Sight[]> = new Map([
  ['simulator', []],
  ['pcap', []],
  ['watch', []],
  ['collect', EXPORT_LACKS],
  ...LOGS.map(({ kind, createParser }) => [kind, createParser(new Joined()).lacks()] as const),
])

/** Every kind of source. */
const KINDS = [SIMULATOR, readKind(FILE_KINDS), followKind(LOGS), collectKind(EXPORTS), WATCH] as const

type SchemasOf<Kinds extends readonly { schema: z.ZodObject }[]> = { -readonly [I in keyof Kinds]: Kinds[I]['schema'] }

/** One entry of `sources` in the settings. */
export const sourceSchema = z.discriminatedUnion(
  'kind',
  KINDS.map(({ schema }) => schema) as unknown as SchemasOf<typeof KINDS>,
  {
    error: `must be one of ${KINDS.map(({ kind }) => kind).join(', ')}`,
  },
)

export type SourceSettings = z.infer<typeof sourceSchema>

/** The source that settings describe, in the parts that run one after the other. Throws an `InputError` for what cannot be. */
export function createSource(settings: SourceSettings, context: SourceContext): readonly Source[] {
  return [kindOf(settings).create(settings as never, context)].flat()
}

/** Whether the source reads what has happened already. */
export function isPast(settings: SourceSettings): boolean {
  return kindOf(settings).past
}

/** Settings each kind knows, for messages. */
export function settingsOf(kind: unknown): string[] {
  const found = KINDS.find((candidate) => candidate.kind === kind)
  return found === undefined ? [] : Object.keys(found.schema.shape)
}

function kindOf({ kind }: SourceSettings) {
  return KINDS.find((candidate) => candidate.kind === kind)!
}
