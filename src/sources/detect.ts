import { createReadStream, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Readable } from 'node:stream'
import { createFlowRecord } from '../net/flow-record.ts'
import { InputError } from '../types/errors.ts'
import type { Sight } from '../types/sight.ts'
import type { FlowLogFormat } from './flow-log/format.ts'
import { headOf, isPipe, peek, textOf, unpacked } from './flow-log/head.ts'
import { Joined } from './flow-log/joined.ts'
import type { LogInput } from './flow-log/log-file.ts'
import { createFlowLogSource } from './flow-log/source.ts'
import type { PcapOptions } from './pcap/pcap.ts'
import { isCapture } from './pcap/reader.ts'
import type { Source } from './source.ts'

const PIECE = 256 * 1024
const STANDARD_INPUT = '-'
/** Folders below one that is read. */
const DEPTH = 8

/** What there is to choose from. */
export interface FileKinds {
  /** Reads whatever is no log of flows. */
  capture: (options: PcapOptions) => Source
  logs: readonly FlowLogFormat[]
}

export interface FileOptions {
  /** A capture or a log of flows, plain or gzip; `-` is standard input. */
  path: string
  kinds: FileKinds
  /** Read in place of the process's standard input when `path` is `-`. */
  stdin?: Readable
}

/**
 * A source for each of `paths`, in order; for folders all that is in them and can be read. Logs that tell more of the flows in
 * other logs of their format are read beside these, and then those are one source. Throws an `InputError` for what is nothing known.
 */
export function createFileSources(paths: readonly string[], kinds: FileKinds): Source[] {
  const files = paths.flatMap((path) => (isFolder(path) ? filesOf(path, kinds) : [path]))
  const companions = new Map<FlowLogFormat, string[]>()
  for (const path of files) {
    const format = companionFormat(path, kinds.logs)
    if (format !== null) companions.set(format, [...(companions.get(format) ?? []), path])
  }
  const beside = new Set([...companions.values()].flat())
  const formats = new Map(
    files.filter((path) => !beside.has(path)).map((path) => [path, toldOf(path, companions, kinds)]),
  )
  const logsOf = (format: FlowLogFormat): string[] => files.filter((path) => formats.get(path) === format)
  const sources = [...formats].flatMap(([path, format]): Source[] => {
    if (format === null) return [createFileSource({ path, kinds })]
    const logs = logsOf(format)
    return path === logs[0] ? [joinedSource(format, logs, companions.get(format)!)] : []
  })
  // With no flows to tell more of, the log is an error of its own.
  const alone = [...companions].filter(([format]) => logsOf(format).length === 0).flatMap(([, list]) => list)
  return [...sources, ...alone.map((path) => createFileSource({ path, kinds }))]
}

/** The format of a log of flows that others tell more of; null for any other input. */
function toldOf(
  path: string,
  companions: ReadonlyMap<FlowLogFormat, unknown>,
  { logs }: FileKinds,
): FlowLogFormat | null {
  if (companions.size === 0 || path === STANDARD_INPUT || isPipe(path)) return null
  const format = formatOf(path, logs)
  return format !== null && companions.has(format) ? format : null
}

function joinedSource(format: FlowLogFormat, logs: readonly string[], companions: readonly string[]): Source {
  const name = logs.length === 1 ? basename(logs[0]!) : format.kind
  return createFlowLogSource({ format, name, logs: logs.map(inputOf), companions: companions.map(inputOf) })
}

function inputOf(path: string): LogInput {
  return {
    shown: path,
    size: headOf(path).size,
    open: () => createReadStream(path, { highWaterMark: PIECE }),
  }
}

function isFolder(path: string): boolean {
  return path !== STANDARD_INPUT && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

/** Everything readable below a folder, in the order of names. */
function filesOf(folder: string, kinds: FileKinds): string[] {
  const found = below(folder, DEPTH).filter((path) => isKnown(path, kinds.logs))
  if (found.length > 0) return found
  throw new InputError(`${folder}: a folder with neither captures nor logs of flows in it`)
}

function below(folder: string, depth: number): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
    return entries.flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return depth > 0 ? below(path, depth - 1) : []
      return entry.isFile() ? [path] : []
    })
  } catch (error) {
    throw new InputError(`${folder}: cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

function isKnown(path: string, known: readonly FlowLogFormat[]): boolean {
  const { head } = headOf(path)
  if (isCapture(unpacked(head)) || companionFormat(path, known) !== null) return true
  try {
    return head.length > 0 && recognise(head, path, known) !== null
  } catch {
    return false
  }
}

function companionFormat(path: string, known: readonly FlowLogFormat[]): FlowLogFormat | null {
  if (path === STANDARD_INPUT || isPipe(path)) return null
  const { head } = headOf(path)
  if (head.length === 0 || isCapture(unpacked(head))) return null
  return known.find(({ isCompanion }) => isCompanion?.(textOf(head)) === true) ?? null
}

function formatOf(path: string, known: readonly FlowLogFormat[]): FlowLogFormat | null {
  return recognise(headOf(path).head, path, known)
}

/** The source that fits what is in the input, whatever its name. Throws an `InputError` for what is nothing known. */
export function createFileSource({ path, kinds, stdin = process.stdin }: FileOptions): Source {
  const isStandard = path === STANDARD_INPUT
  const shown = isStandard ? 'standard input' : path
  const name = isStandard ? shown : basename(path)
  let opened: Source | null = null
  const open = async (signal: AbortSignal): Promise<Source> => {
    if (!isStandard && !isPipe(path)) {
      // Of a file that cannot be read the capture source says what is wrong with it.
      const format = formatOf(path, kinds.logs)
      return format === null ? kinds.capture({ path }) : createFlowLogSource({ format, name, logs: [inputOf(path)] })
    }
    const stream = isStandard ? stdin : createReadStream(path)
    signal.addEventListener('abort', () => stream.destroy(), { once: true })
    const { head, whole } = await peek(stream, (bytes) => isTold(bytes, shown, kinds.logs))
    const format = recognise(head, shown, kinds.logs)
    if (format === null) return kinds.capture({ path, name, stdin: whole })
    return createFlowLogSource({ format, name, logs: [{ shown, size: 0, live: true, open: () => whole }] })
  }
  return {
    name,
    lacks: () => opened?.lacks() ?? [],
    async run(sink, signal, options) {
      opened = await open(signal)
      return opened.run(sink, signal, options)
    },
  }
}

/** What a file cannot show, by its beginning. Throws an `InputError` for what is nothing known. */
export function lacksOf(path: string, { capture, logs }: FileKinds): readonly Sight[] {
  const { head } = headOf(path)
  const format = recognise(head, path, logs)
  if (format === null) return capture({ path }).lacks()
  const parser = format.createParser(new Joined())
  const record = createFlowRecord()
  for (const line of textOf(head).split('\n').slice(0, -1)) parser.read(line, record)
  return parser.lacks()
}

/** True when whole lines, or the beginning of a capture, say already what the input is. */
function isTold(bytes: Buffer, shown: string, known: readonly FlowLogFormat[]): boolean {
  if (isCapture(unpacked(bytes))) return true
  const text = textOf(bytes)
  const lines = text.slice(0, text.lastIndexOf('\n') + 1)
  return lines !== '' && known.some((format) => format.recognises(lines, shown))
}

/** The log of flows that begins with `bytes`; null for a capture, or what is too short or damaged to be anything else. */
function recognise(bytes: Buffer, shown: string, known: readonly FlowLogFormat[]): FlowLogFormat | null {
  const text = textOf(bytes)
  if (text.length < 4 || isCapture(unpacked(bytes))) return null
  const format = known.find((candidate) => candidate.recognises(text, shown))
  if (format !== undefined) return format
  const logs = known.map((candidate) => candidate.name).join(', ')
  throw new InputError(`${shown}: not a capture: neither pcap nor pcapng, nor a log of flows (${logs}), plain or gzip`)
}
