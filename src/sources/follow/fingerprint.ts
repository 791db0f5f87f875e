import { createHash } from 'node:crypto'
import { readSync } from 'node:fs'

/** Bytes at the start of a file by which it is known again. */
const LENGTH_MAX = 1024

/** What a file began with when it was last looked at: its first `length` bytes, hashed. */
export interface Fingerprint {
  length: number
  hash: string
}

/** The fingerprint of the first bytes of an open file, of which `read` were read. */
export function fingerprintOf(descriptor: number, read: number): Fingerprint {
  const length = Math.min(LENGTH_MAX, read)
  const bytes = Buffer.alloc(length)
  const got = length === 0 ? 0 : readSync(descriptor, bytes, 0, length, 0)
  return { length: got, hash: createHash('sha256').update(bytes.subarray(0, got)).digest('hex') }
}

/** True when the open file still begins so. */
export function beginsAs(descriptor: number, { length, hash }: Fingerprint): boolean {
  const now = fingerprintOf(descriptor, length)
  return now.length === length && now.hash === hash
}
