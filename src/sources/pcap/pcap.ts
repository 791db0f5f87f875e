import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { addAbortSignal, type Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { InputError } from '../../types/errors.ts'
import type { Sink, Source, SourceOptions, SourceReport } from '../source.ts'
import { Intake, isGzip } from './intake.ts'
import { CaptureReader } from './reader.ts'

const STANDARD_INPUT = '-'
const PIECE = 256 * 1024

export interface PcapOptions {
  /** A capture (pcap or pcapng, plain or gzip), or `-` for standard input. */
  path: string
  /** What flows are marked with; the file's name by default. */
  name?: string
  /** Read in place of what `path` names. */
  stdin?: Readable
}

/** Reads one capture from the first packet to the last, or as far as it goes. */
export function createPcapSource({ path, name, stdin }: PcapOptions): Source {
  const shown = path === STANDARD_INPUT ? 'standard input' : path
  return {
    name: name ?? (path === STANDARD_INPUT ? shown : basename(path)),
    lacks: () => [],
    async run(sink: Sink, signal: AbortSignal, options: SourceOptions = {}): Promise<SourceReport> {
      const run = { reader: new CaptureReader(sink), signal, progress: options.progress, bytes: 0 }
      const intake = new Intake(run.reader)
      if (stdin !== undefined || path === STANDARD_INPUT) await readStream(shown, stdin ?? process.stdin, run, intake)
      else await readPath(path, run, intake)
      if (!signal.aborted) checkRecognised(shown, run, intake)
      if (intake.damage === 'bad-gzip') run.reader.problems.count('bad-gzip')
      if (intake.inflated) run.reader.problems.count('gzip-ratio')
      return {
        bytes: run.bytes,
        packets: run.reader.packets,
        truncated: !signal.aborted && (run.reader.truncated || intake.damage !== null),
        problems: run.reader.problems.toRecord(),
      }
    },
  }
}

interface Run {
  readonly reader: CaptureReader
  readonly signal: AbortSignal
  readonly progress: SourceOptions['progress']
  bytes: number
}

async function readPath(path: string, run: Run, intake: Intake): Promise<void> {
  const stat = attempt(path, () => statSync(path))
  if (stat.isDirectory()) throw new InputError(`${path}: is a folder, not a capture`)
  // Opening a pipe waits for whoever writes to it: not on this thread.
  if (!stat.isFile()) return readStream(path, createReadStream(path), run, intake)
  const descriptor = attempt(path, () => openSync(path, 'r'))
  return readFile(path, descriptor, stat.size, run, intake)
}

/** Reads synchronously, straight into the reader's buffer unless it has to be unpacked; between pieces others have their turn. */
async function readFile(path: string, descriptor: number, size: number, run: Run, intake: Intake): Promise<void> {
  const read = (buffer: Uint8Array, offset: number, length: number, position: number | null = null): number =>
    attempt(path, () => readSync(descriptor, buffer, offset, length, position))
  try {
    const piece = Buffer.alloc(PIECE)
    read(piece, 0, 2, 0)
    const packed = isGzip(piece)
    while (!run.signal.aborted && !intake.stopped) {
      const count = packed ? read(piece, 0, PIECE) : run.reader.fill(read)
      if (count === 0) break
      if (packed) await intake.write(piece.subarray(0, count))
      run.bytes += count
      run.progress?.(run.bytes, size)
      await nextTurn()
    }
    await intake.end()
  } finally {
    closeSync(descriptor)
  }
}

async function readStream(shown: string, stream: Readable, run: Run, intake: Intake): Promise<void> {
  try {
    for await (const chunk of addAbortSignal(run.signal, stream)) {
      const bytes = chunk as Buffer
      run.bytes += bytes.length
      await intake.write(bytes)
      run.progress?.(run.bytes, 0)
      if (intake.stopped) break
    }
    await intake.end()
  } catch (error) {
    if (run.signal.aborted) return
    throw error === stream.errored ? new InputError(`${shown}: ${reasonOf(error)}`) : error
  }
}

/** An input that is no capture at all is the person's mistake, not damage. */
function checkRecognised(shown: string, run: Run, intake: Intake): void {
  const { reader } = run
  if (reader.recognised === 'capture') return
  if (run.bytes === 0) throw new InputError(`${shown}: is empty`)
  if (reader.truncated || intake.damage === 'cut') return
  const what = intake.damage === 'bad-gzip' ? 'damaged gzip' : 'neither pcap nor pcapng'
  throw new InputError(`${shown}: not a capture: ${what} (plain or gzip)`)
}

/** The result of a system call; its failure is the person's to mend. */
function attempt<T>(path: string, call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw new InputError(`${path}: ${reasonOf(error)}`)
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'no such file'
  return code === 'EACCES' || code === 'EPERM' ? 'permission denied' : message
}
