import { statfsSync, statSync } from 'node:fs'
import { createBallast } from '../ballast.ts'
import type { Database } from './database.ts'
import { oldestGo } from './retention.ts'

/** Free room on the disk below which flows make room for incidents: a checkpoint and a log at its longest. */
export const FLOOR = 192 * 2 ** 20
/** Bytes of log after which it is written into the file: as much as is read again in a second when opening. */
const LOG = 64 * 2 ** 20
/** Kept free for the day the disk is full: deleting needs room too. */
export const BALLAST = 16 * 2 ** 20
/** Share of the flows that goes at once, and flushes until more do. */
const SHARE = 0.1
const AGAIN = 60

export interface RoomOptions {
  database: Database
  /** The data folder and the file of the history in it; null in memory, where nothing is looked after. */
  folder: string | null
  file: string | null
  warn: (message: string) => void
  ballast: number
  floor: number
}

/** Looks after the room on the disk, so that the last of it is for incidents. */
export interface Room {
  /** How many times flows were deleted for room. */
  readonly relieved: number
  /** Before flows are written: deletes the oldest when little is left. What is wrong, in words; null when there is room. */
  check(): Promise<string | null>
  /** After flows are written: writes the log into the file when it is long. */
  settle(): Promise<void>
  /** When a write found no room at all: makes some, and says whether it did. */
  relieve(): Promise<boolean>
}

export function createRoom({ database, folder, file, warn, ballast, floor }: RoomOptions): Room {
  const reserve = createBallast(folder, ballast)
  let relieved = 0
  let pause = 0

  const onDisk = (): number => {
    const { bavail, bsize } = statfsSync(folder!)
    return bavail * bsize
  }
  /** What can still be written: on the disk, and in the file where flows were. */
  const room = async (): Promise<number> => {
    const [size] = await database.read('SELECT sum(block_size * free_blocks) AS bytes FROM pragma_database_size()')
    return onDisk() + Number(size!.bytes ?? 0)
  }
  const makeRoom = async (share: number): Promise<boolean> => {
    pause = AGAIN
    relieved++
    return (await oldestGo(database, share).catch(() => 0)) > 0
  }
  if (folder !== null && onDisk() > floor + ballast) reserve.restore()

  return {
    get relieved() {
      return relieved
    },
    async check() {
      if (folder === null) return null
      pause = Math.max(0, pause - 1)
      const free = onDisk()
      if (free >= floor) {
        if (free > floor + ballast) reserve.restore()
        return null
      }
      if ((await room()) >= floor) return null
      if (pause === 0) {
        warn('the disk is nearly full: the oldest flows go')
        await makeRoom(SHARE)
        if ((await room()) >= floor) return null
      }
      return `the disk is nearly full (${Math.floor(free / 2 ** 20)} MB free): flows are not kept, incidents are`
    },
    async settle() {
      if (file !== null && logOf(file) > LOG) await database.checkpoint()
    },
    async relieve() {
      if (!reserve.release() && pause > 0) return false
      warn('the disk is full: the oldest flows go')
      await makeRoom(2 * SHARE)
      return true
    },
  }
}

/** Bytes of the log beside the file. */
export function logOf(file: string): number {
  return statSync(`${file}.wal`, { throwIfNoEntry: false })?.size ?? 0
}
