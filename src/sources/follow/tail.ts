import { closeSync, fstatSync, openSync, readdirSync, readSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { LineReader } from '../flow-log/lines.ts'
import { beginsAs, type Fingerprint, fingerprintOf } from './fingerprint.ts'

const PIECE = 256 * 1024
/** Files read to their end that are remembered. */
const READ_MAX = 64
const PACKED = /\.(gz|bz2|xz|zst|lz4)$/

/** How far a log was read: up to the end of the last whole line that was handed on. */
export interface Position {
  inode: number
  offset: number
  fingerprint: Fingerprint
}

/** Takes each line, null for one too long, and its number since the file was opened. */
export type TailListener = (line: string | null, number: number) => void

interface Open {
  descriptor: number
  inode: number
  /** Where the next byte is read, and where the last whole line ended. */
  read: number
  offset: number
  fingerprint: Fingerprint
  lines: LineReader
}

/**
 * Follows a log that is appended to, renamed away and begun anew, copied and truncated, or truncated. Each `poll` hands on
 * what is whole; a last line without an end waits, until its file was renamed away and did not grow for a poll.
 */
export class Tail {
  readonly #path: string
  readonly #listener: TailListener
  #open: Open | null = null
  #saved: Position | null
  /** The open file was renamed away at the last poll. */
  #leaving = false
  /** Files read to their end, which may still lie there under another name. */
  readonly #read = new Set<string>()
  #rotations = 0
  #truncations = 0
  #lost = 0

  constructor(path: string, saved: Position | null, listener: TailListener) {
    this.#path = path
    this.#saved = saved
    this.#listener = listener
  }

  get position(): Position | null {
    if (this.#open === null) return this.#saved
    const { inode, offset, fingerprint } = this.#open
    return { inode, offset, fingerprint }
  }

  /** `truncated`: times a file lost what had not been read, or may have; `lost-bytes`: of lines begun and never ended. */
  counters(): Record<string, number> {
    return { rotations: this.#rotations, truncations: this.#truncations, 'lost-bytes': this.#lost }
  }

  poll(): void {
    if (this.#open === null && !this.#begin()) return
    this.#checkTruncation()
    this.#drain()
    const inode = inodeOf(this.#path)
    if (inode === this.#open!.inode || inode === null) this.#leaving = false
    else if (this.#leaving) this.#leave(inode)
    else this.#leaving = true
  }

  close(): void {
    if (this.#open === null) return
    this.#saved = this.position
    closeSync(this.#open.descriptor)
    this.#open = null
  }

  /** Opens the file where it was left, under whatever name it has now; false while there is none. */
  #begin(): boolean {
    const saved = this.#saved
    if (saved === null) return this.#openAt(this.#path, 0)
    const known = [this.#path, ...siblings(this.#path)]
    // Nothing was in it yet: it is known by its inode alone.
    if (saved.fingerprint.length === 0)
      return this.#openAt(known.find((path) => inodeOf(path) === saved.inode) ?? this.#path, 0)
    const same = known.filter((path) => isCopy(path, saved.fingerprint, saved.offset))
    const path = same.find((one) => inodeOf(one) === saved.inode) ?? same[0]
    if (path !== undefined) return this.#openAt(path, saved.offset)
    if (!this.#openAt(this.#path, 0)) return false
    this.#truncations++
    return true
  }

  #openAt(path: string, offset: number): boolean {
    const descriptor = tryOpen(path)
    if (descriptor === null) return false
    const { ino } = fstatSync(descriptor)
    const lines = new LineReader((line, number) => this.#listener(line, number))
    this.#saved = null
    this.#open = { descriptor, inode: ino, read: offset, offset, fingerprint: fingerprintOf(descriptor, offset), lines }
    this.#leaving = false
    return true
  }

  /** A file that is shorter than what was read of it, or begins differently, was begun anew in its place. */
  #checkTruncation(): void {
    const { descriptor, read, offset, fingerprint } = this.#open!
    const { size } = fstatSync(descriptor)
    if (size >= read && beginsAs(descriptor, fingerprint)) return
    // Where it was copied first, the copy has what was not read.
    const copy = siblings(this.#path).find((path) => isCopy(path, fingerprint, offset))
    const left = this.#open!
    if (copy !== undefined && this.#openAt(copy, offset)) {
      this.#drain()
      this.#finish()
      closeSync(this.#open!.descriptor)
    } else {
      this.#truncations++
      this.#lost += left.read - left.offset
    }
    closeSync(left.descriptor)
    this.#open = null
    this.#openAt(this.#path, 0)
  }

  /** Reads what is there. */
  #drain(): void {
    const open = this.#open!
    const piece = Buffer.allocUnsafe(PIECE)
    for (;;) {
      const got = readSync(open.descriptor, piece, 0, PIECE, open.read)
      if (got === 0) break
      const bytes = piece.subarray(0, got)
      open.lines.write(bytes)
      const end = bytes.lastIndexOf(0x0a)
      if (end >= 0) open.offset = open.read + end + 1
      open.read += got
    }
    if (open.fingerprint.length < 1024 && open.read > open.fingerprint.length) {
      open.fingerprint = fingerprintOf(open.descriptor, open.read)
    }
  }

  /** The file is whole: its last line need not have an end. */
  #finish(): void {
    const open = this.#open!
    open.lines.end(false)
    open.offset = open.read
  }

  /** Remembers a file that was read to its end. */
  #note(descriptor: number): void {
    this.#read.add(identityOf(fstatSync(descriptor)))
    if (this.#read.size > READ_MAX) this.#read.delete(this.#read.values().next().value!)
  }

  /** Goes from the file that was renamed away to those that came after it, the last of which is at the path. */
  #leave(current: number): void {
    const left = this.#open!
    const { mtimeMs } = fstatSync(left.descriptor)
    this.#finish()
    this.#rotations++
    this.#note(left.descriptor)
    closeSync(left.descriptor)
    const beside = siblings(this.#path).map((path) => ({ path, stat: statSync(path, { throwIfNoEntry: false }) }))
    const name = beside.find(({ stat }) => stat?.ino === left.inode)?.path
    // Of two files of one tick of the clock the names say which came first.
    const isLater = (path: string, { birthtimeMs }: Stats): boolean =>
      birthtimeMs > mtimeMs || (birthtimeMs === mtimeMs && (name === undefined || byAge(name, path) < 0))
    const between = beside
      .filter(({ path, stat }) => stat !== undefined && stat.ino !== current && isLater(path, stat))
      .filter(({ stat }) => !this.#read.has(identityOf(stat!)))
      .sort((a, b) => a.stat!.birthtimeMs - b.stat!.birthtimeMs || byAge(a.path, b.path))
    for (const { path } of between) {
      this.#open = null
      if (!this.#openAt(path, 0)) continue
      this.#drain()
      this.#finish()
      this.#note(this.#open!.descriptor)
      closeSync(this.#open!.descriptor)
      this.#rotations++
    }
    this.#open = null
    if (this.#openAt(this.#path, 0)) this.#drain()
  }
}

/** Files beside `path` that it may have been renamed or copied to: they have its name and something more. */
function siblings(path: string): string[] {
  const name = basename(path)
  const stems = [name, name.replace(/\.\w+$/, '')].flatMap((stem) => [`${stem}.`, `${stem}-`])
  try {
    return readdirSync(dirname(path))
      .filter((other) => other !== name && !PACKED.test(other) && stems.some((stem) => other.startsWith(stem)))
      .sort()
      .map((other) => join(dirname(path), other))
  } catch {
    return []
  }
}

/** True for a file that begins so and goes at least that far. */
function isCopy(path: string, fingerprint: Fingerprint, offset: number): boolean {
  const descriptor = tryOpen(path)
  if (descriptor === null) return false
  try {
    return fstatSync(descriptor).size >= offset && fingerprint.length > 0 && beginsAs(descriptor, fingerprint)
  } finally {
    closeSync(descriptor)
  }
}

function identityOf({ ino, birthtimeMs }: Stats): string {
  return `${ino} ${birthtimeMs}`
}

/** The older first: of numbers the larger, of dates the smaller. */
function byAge(a: string, b: string): number {
  const [x, y] = [a, b].map((path) => Number(/\.(\d{1,4})$/.exec(path)?.[1] ?? Number.NaN))
  return Number.isNaN(x! + y!) ? (a < b ? -1 : 1) : y! - x!
}

function inodeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? null
}

function tryOpen(path: string): number | null {
  try {
    const descriptor = openSync(path, 'r')
    if (fstatSync(descriptor).isFile()) return descriptor
    closeSync(descriptor)
    return null
  } catch {
    return null
  }
}
