import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { InputError } from '../../types/errors.ts'
import type { Position } from './tail.ts'

const FILE = 'positions.json'

const schema = z.record(
  z.string(),
  z.object({
    inode: z.number(),
    offset: z.number().int().min(0),
    fingerprint: z.object({ length: z.number().int().min(0).max(1024), hash: z.string() }),
  }),
)

/** How far logs were read, by path. */
export interface Positions {
  get(path: string): Position | null
  set(path: string, position: Position | null): void
  /** Keeps them, whole or not at all. Throws an `InputError` when they cannot be written. */
  save(): void
}

/** Those kept in `folder`, which several sources may share; without one they are forgotten at the end. Throws an `InputError` for a file that is something else. */
export function createPositions(folder: string | undefined): Positions {
  const file = folder === undefined ? null : join(folder, FILE)
  const known = new Map(Object.entries(file === null ? {} : read(file)))
  /** What this one follows: of other logs the file says more than was known at the start. */
  const own = new Map<string, Position>()
  let saved = ''
  return {
    get: (path) => known.get(path) ?? null,
    set(path, position) {
      if (position === null) return
      known.set(path, position)
      own.set(path, position)
    },
    save() {
      const positions = Object.fromEntries(own)
      const mine = JSON.stringify(positions)
      if (file === null || mine === saved) return
      const text = JSON.stringify({ ...read(file), ...positions })
      try {
        mkdirSync(folder!, { recursive: true })
        writeFileSync(`${file}.new`, text)
        renameSync(`${file}.new`, file)
        saved = mine
      } catch (error) {
        throw new InputError(`${file}: cannot be written (${(error as NodeJS.ErrnoException).code})`)
      }
    },
  }
}

function read(file: string): Record<string, Position> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return {}
  }
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    throw new InputError(
      `${file}: is not what this version keeps there: move it away to follow logs from their beginning`,
    )
  }
}
