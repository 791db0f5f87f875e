import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const fileOf = (name: string): string => join(import.meta.dirname, 'corpus', `${name}.txt`)

/** The inputs kept of earlier runs of a target, a line of Base64 each. */
export function corpusOf(name: string): Uint8Array[] {
  const file = fileOf(name)
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'latin1').split('\n')
  return lines.filter((line) => line !== '').map((line) => new Uint8Array(Buffer.from(line, 'base64')))
}

/** Keeps these inputs in place of those there are, the shortest first. */
export function keepCorpus(name: string, inputs: readonly Uint8Array[]): void {
  const lines = new Set(inputs.map((input) => Buffer.from(input).toString('base64')))
  const sorted = [...lines].sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
  mkdirSync(dirname(fileOf(name)), { recursive: true })
  writeFileSync(fileOf(name), sorted.map((line) => `${line}\n`).join(''))
}
