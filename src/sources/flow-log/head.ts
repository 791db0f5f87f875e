import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import { constants, gunzipSync } from 'node:zlib'
import { isGzip } from '../pcap/intake.ts'

/** Bytes looked at to tell what an input is. */
const HEAD = 16 * 1024

/** The first bytes of a file and its size; nothing of one that cannot be read. */
export function headOf(path: string): { head: Buffer; size: number } {
  const head = Buffer.alloc(HEAD)
  try {
    const descriptor = openSync(path, 'r')
    try {
      return { head: head.subarray(0, readSync(descriptor, head, 0, HEAD, 0)), size: statSync(path).size }
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return { head: head.subarray(0, 0), size: 0 }
  }
}

/** True for what cannot be read twice, such as a named pipe. */
export function isPipe(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat !== undefined && !stat.isFile() && !stat.isDirectory()
}

/** The first bytes of a stream, as many as `enough` asks for, and a stream that begins with them. */
export async function peek(
  stream: Readable,
  enough: (head: Buffer) => boolean,
): Promise<{ head: Buffer; whole: Readable }> {
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let head = Buffer.alloc(0)
  let fault: unknown = null
  try {
    while (head.length < HEAD && !enough(head)) {
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

/** The text a log begins with, unpacked; empty for gzip that is none. */
export function textOf(bytes: Buffer): string {
  return unpacked(bytes).toString('utf8').replace('\ufeff', '')
}

/** The first bytes of what is in a gzip, of which no more than the first are unpacked; others as they are. */
export function unpacked(whole: Buffer): Buffer {
  const bytes = whole.subarray(0, HEAD)
  if (!isGzip(bytes)) return bytes
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, HEAD)
  } catch {
    return bytes.subarray(0, 0)
  }
}
