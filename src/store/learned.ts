import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { InputError } from '../types/errors.ts'

const VERSION = 2
const FILE = 'learned.json'

const schema = z.object({
  version: z.literal(VERSION),
  /** By detector: what its `toJSON` gave. */
  models: z.record(z.string(), z.unknown()),
  /** Baselines, roles and identities of hosts, base64. */
  hosts: z.base64(),
  /** How strange flows of, and to, single hosts are, base64 each. */
  ranks: z.array(z.base64()),
  /** The alert budget: alerts saved, and what chance would raise. */
  budget: z.object({ purse: z.number(), updates: z.number().min(0), watched: z.number().min(0) }),
})

/** What a run has learned of its network. */
export type Learned = z.infer<typeof schema>

/** What an earlier run left in `folder`; null when there is nothing. Throws an `InputError` that names the file. */
export function readLearned(folder: string): Learned | null {
  const file = join(folder, FILE)
  if (!existsSync(file)) return null
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    throw new InputError(`${file}: is not what this version keeps there: move it away to learn anew`)
  }
}

/** Replaces what is kept in `folder`, whole or not at all. Throws an `InputError` when it cannot be written. */
export function writeLearned(folder: string, learned: Omit<Learned, 'version'>): void {
  replace(join(folder, FILE), { version: VERSION, ...learned })
}

const PREVIOUS = 'learned.previous.json'
const previousSchema = z.object({ version: z.literal(VERSION), saved: z.number(), models: schema.shape.models })

/** Models set aside, to go back to: when (epoch seconds), and what they had learned. */
export type Previous = Pick<z.infer<typeof previousSchema>, 'saved' | 'models'>

/** What was set aside in `folder`; null when there is nothing, or nothing of this version. */
export function readPrevious(folder: string): Previous | null {
  try {
    return previousSchema.parse(JSON.parse(readFileSync(join(folder, PREVIOUS), 'utf8')))
  } catch {
    return null
  }
}

/** Replaces what was set aside, whole or not at all. Throws an `InputError` when it cannot be written. */
export function writePrevious(folder: string, previous: Previous): void {
  replace(join(folder, PREVIOUS), { version: VERSION, ...previous })
}

function replace(file: string, content: object): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(`${file}.new`, JSON.stringify(content))
    renameSync(`${file}.new`, file)
  } catch (error) {
    throw new InputError(`${file}: cannot be written (${(error as NodeJS.ErrnoException).code})`)
  }
}
