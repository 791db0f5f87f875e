import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { constants, gunzipSync } from 'node:zlib'
import { createFlowRecord } from '../net/flow-record.ts'
import { InputError } from '../types/errors.ts'
import type { Sight } from '../types/sight.ts'
import type { FlowLogFormat } from './flow-log/format.ts'
import { createFlowLogSource } from './flow-log/source.ts'
import { isGzip } from './pcap/intake.ts'
import type { PcapOptions } from './pcap/pcap.ts'
import { isCapture } from './pcap/reader.ts'
import type { Source } from './source.ts'

/** Bytes looked at to tell what an input is. */
const HEAD = 16 * 1024
const STANDARD_INPUT = '-'

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

/** The source that fits what is in the input, whatever its name. Throws an `InputError` for what is nothing known. */
export function createFileSource({ path, kinds, stdin = process.stdin }: FileOptions): Source {
  const isStandard = path === STANDARD_INPUT
  const shown = isStandard ? 'standard input' : path
  const name = isStandard ? shown : basename(path)
  let opened: Source | null = null
  const open = async (): Promise<Source> => {
    const stream = isStandard ? stdin : openPipe(path)
    if (stream === null) {
      const { head, size } = headOf(path)
      const format = recognise(head, shown, kinds.logs)
      if (format === null) return kinds.capture({ path })
      const file = createReadStream(path, { highWaterMark: HEAD * 16 })
      return createFlowLogSource({ format, stream: file, name, shown, size })
    }
    const { head, whole } = await peek(stream)
    const format = recognise(head, shown, kinds.logs)
    if (format === null) return kinds.capture({ path, name, stdin: whole })
    return createFlowLogSource({ format, stream: whole, name, shown })
  }
  return {
    name,
    lacks: () => opened?.lacks() ?? [],
    async run(sink, signal, options) {
      opened = await open()
      return opened.run(sink, signal, options)
    },
  }
}

/** What a file cannot show, by its beginning. Throws an `InputError` for what is nothing known. */
export function lacksOf(path: string, { capture, logs }: FileKinds): readonly Sight[] {
  const { head } = headOf(path)
  const format = recognise(head, path, logs)
  if (format === null) return capture({ path }).lacks()
  const parser = format.createParser()
  const record = createFlowRecord()
  for (const line of textOf(head).split('\n').slice(0, -1)) parser.read(line, record)
  return parser.lacks()
}

/** What cannot be read twice, such as a named pipe; null for files and for what the capture source has to refuse. */
function openPipe(path: string): Readable | null {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat === undefined || stat.isFile() || stat.isDirectory() ? null : createReadStream(path)
}

function headOf(path: string): { head: Buffer; size: number } {
  const head = Buffer.alloc(HEAD)
  try {
    const descriptor = openSync(path, 'r')
    try {
      return { head: head.subarray(0, readSync(descriptor, head, 0, HEAD, 0)), size: statSync(path).size }
    } finally {
      closeSync(descriptor)
    }
  } catch {
    // The capture source says what is wrong with the file.
    return { head: head.subarray(0, 0), size: 0 }
  }
}

/** The first bytes of a stream, and a stream that begins with them. */
async function peek(stream: Readable): Promise<{ head: Buffer; whole: Readable }> {
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let head = Buffer.alloc(0)
  let fault: unknown = null
  try {
    while (head.length < HEAD && !isCapture(head)) {
      const { value, done } = await iterator.next()
      if (done === true) break
      head = Buffer.concat([head, value])
    }
  } catch (error) {
    fault = error
  }
  async function* again(): AsyncGenerator<Buffer> {
    if (head.length > 0) yield head
    if (fault !== null) throw fault
    yield* { [Symbol.asyncIterator]: () => iterator }
  }
  return { head, whole: Readable.from(again()) }
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

function textOf(bytes: Buffer): string {
  return unpacked(bytes).toString('utf8').replace('\ufeff', '')
}

function unpacked(bytes: Buffer): Buffer {
  if (!isGzip(bytes)) return bytes
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, HEAD)
  } catch {
    return bytes.subarray(0, 0)
  }
}
