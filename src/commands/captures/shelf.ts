import { randomBytes } from 'node:crypto'
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import type { CaptureView } from '../../types/api.ts'

const KNOWN = 'capture.json'
const CONTENT = 'content'
/** Milliseconds without a byte after which whoever sends has given up. */
const SILENCE = 20_000

const schema = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  name: z.string(),
  bytes: z.number(),
  author: z.string(),
  added: z.number(),
  state: z.enum(['waiting', 'judging', 'done', 'failed']),
  progress: z.number(),
  problem: z.string().nullable(),
  result: z
    .object({
      packets: z.number(),
      flows: z.number(),
      incidents: z.number(),
      first: z.number().nullable(),
      last: z.number().nullable(),
      truncated: z.boolean(),
      undecoded: z.record(z.string(), z.number()),
    })
    .nullable(),
})

/** What to throw where a capture is not taken: the sentence and the HTTP status. */
export function refusal(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode })
}

/** Captures in a folder, each in one of its own that is named by its id and by nothing from outside. */
export interface Shelf {
  /** Oldest first; those that cannot be read are left out. */
  all(): CaptureView[]
  folder(id: string): string
  /** Where the packets are until they are judged. */
  content(id: string): string
  /** Takes the bytes in, at most `most`. Throws with `statusCode` 413 beyond, 400 when they end early or are none. */
  receive(id: string, content: Readable, most: number): Promise<number>
  save(capture: CaptureView): void
  remove(id: string): void
}

export const newId = (): string => randomBytes(8).toString('hex')

/** Opens the folder, made when missing. */
export function openShelf(root: string): Shelf {
  mkdirSync(root, { recursive: true, mode: 0o700 })
  const folder = (id: string): string => join(root, id)
  const read = (id: string): CaptureView | null => {
    try {
      const known = schema.parse(JSON.parse(readFileSync(join(folder(id), KNOWN), 'utf8')))
      return known.id === id ? known : null
    } catch {
      return null
    }
  }
  return {
    all() {
      const ids = readdirSync(root).filter((name) => /^[0-9a-f]{16}$/.test(name))
      for (const id of ids)
        if (!existsSync(join(folder(id), KNOWN))) rmSync(folder(id), { recursive: true, force: true })
      const known = ids.map(read).filter((one) => one !== null)
      return known.sort((a, b) => a.added - b.added)
    },
    folder,
    content: (id) => join(folder(id), CONTENT),
    async receive(id, content, most) {
      mkdirSync(folder(id), { mode: 0o700 })
      let bytes = 0
      const counted = new Transform({
        transform(piece: Buffer, _encoding, done) {
          bytes += piece.length
          clearTimeout(silent)
          silent = setTimeout(givenUp, SILENCE)
          if (bytes > most) done(refusal(413, `it is larger than ${Math.floor(most / 1e6)} MB, the most that is taken`))
          else done(null, piece)
        },
      })
      const givenUp = (): void => void counted.destroy(refusal(408, 'it stopped arriving'))
      let silent = setTimeout(givenUp, SILENCE)
      try {
        await pipeline(content, counted, createWriteStream(join(folder(id), CONTENT), { mode: 0o600 }))
        if (bytes === 0) throw refusal(400, 'it is empty')
        return bytes
      } catch (error) {
        rmSync(folder(id), { recursive: true, force: true })
        if ((error as { statusCode?: number }).statusCode !== undefined) throw error
        const { code } = error as NodeJS.ErrnoException
        if (code === 'ENOSPC') throw refusal(507, 'the disk is full')
        throw refusal(400, 'it did not arrive whole')
      } finally {
        clearTimeout(silent)
      }
    },
    save(capture) {
      const file = join(folder(capture.id), KNOWN)
      writeFileSync(`${file}.new`, JSON.stringify(capture), { mode: 0o600 })
      renameSync(`${file}.new`, file)
    },
    remove: (id) => rmSync(folder(id), { recursive: true, force: true }),
  }
}
