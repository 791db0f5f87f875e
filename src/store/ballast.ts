import { closeSync, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Room held on the disk in a file of its own, to be let go when nothing else fits any more. */
export interface Ballast {
  /** Makes the file when there is room; without room nothing happens. */
  restore(): void
  /** Deletes it; whether there was one. */
  release(): boolean
}

/** A file of `bytes` in `folder`, written through so that the room is really taken; none without a folder. */
export function createBallast(folder: string | null, bytes: number): Ballast {
  const file = folder === null ? null : join(folder, 'ballast')
  const size = (): number => {
    try {
      return file === null ? 0 : statSync(file).size
    } catch {
      return 0
    }
  }
  return {
    restore() {
      if (file === null || bytes === 0 || size() >= bytes) return
      const zeros = Buffer.alloc(2 ** 20)
      const handle = openSync(file, 'w', 0o600)
      try {
        for (let left = bytes; left > 0; left -= zeros.length) writeSync(handle, zeros, 0, Math.min(left, zeros.length))
        fsyncSync(handle)
      } catch {
        rmSync(file, { force: true })
      } finally {
        closeSync(handle)
      }
    },
    release() {
      if (file === null || size() === 0) return false
      rmSync(file, { force: true })
      return true
    },
  }
}
