import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const src = resolve(import.meta.dirname, '../src')

/** Folders with a list of what is in them, and the files there that are the contract rather than an entry. */
const REGISTRIES: Readonly<Record<string, readonly string[]>> = {
  sources: ['source'],
  detectors: ['detector'],
  outputs: ['output'],
}

function entries(folder: string): string[] {
  return readdirSync(resolve(src, folder))
    .filter((name) => !/\.(test|case)\.ts$/.test(name))
    .map((name) => name.replace(/\.ts$/, ''))
    .filter((name) => name !== 'index' && !REGISTRIES[folder]!.includes(name))
}

function missing(names: string[], index: string): string[] {
  return names.filter((name) => !new RegExp(`from '\\./${name}[./]`).test(index))
}

describe.each(Object.keys(REGISTRIES))('src/%s/index.ts', (folder) => {
  const index = readFileSync(resolve(src, folder, 'index.ts'), 'utf8')

  it('lists everything in its folder', () => {
    expect(entries(folder)).not.toEqual([])
    expect(missing(entries(folder), index)).toEqual([])
  })

  it('would miss a forgotten line', () => {
    expect(missing([...entries(folder), 'forgotten'], index)).toEqual(['forgotten'])
  })
})
