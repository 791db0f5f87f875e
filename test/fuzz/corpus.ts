import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The inputs kept of earlier runs of a target. */
export function corpusOf(name: string): Uint8Array[] {
  const folder = join(import.meta.dirname, 'corpus', name)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .sort()
    .map((file) => new Uint8Array(readFileSync(join(folder, file))))
}
