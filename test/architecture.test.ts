import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const src = resolve(import.meta.dirname, '../src')
/** Files at the top of src that put stages together; everything else lives in a stage. */
const COMPOSERS = new Set([
  'main.ts',
  'worker.ts',
  'clock.ts',
  'config.ts',
  'intake.ts',
  'pipeline.ts',
  'model-book.ts',
  'request.ts',
  'run.ts',
  'running.ts',
  'commands',
  'judge',
])
/** Vocabulary every stage may use. They know only `types` and each other. */
const LEAVES = new Set(['types', 'net', 'math', 'query'])
/** Contracts are shared as types, whichever folder they live in. */
const CONTRACTS = new Set([
  'sources/source.ts',
  'detectors/detector.ts',
  'features/feature.ts',
  'outputs/output.ts',
  'store/store.ts',
  'incidents/desk.ts',
])

interface Import {
  from: string
  to: string
  typeOnly: boolean
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|svelte)$/.test(name) && !/\.(test|case)\.ts$/.test(name))
    .map((name) => join(folder, name))
}

function importsOf(file: string, text = readFileSync(file, 'utf8')): Import[] {
  const found = text.matchAll(/(?:import|export)\s+(type\s+)?[^'"]*?from\s+['"](\.[^'"]+)['"]/g)
  return [...found].map(([, type, path]) => ({
    from: relative(src, file),
    to: relative(src, resolve(dirname(file), path!)),
    typeOnly: type !== undefined,
  }))
}

function dashboardBreach(from: string, to: string, typeOnly: boolean): string | null {
  const target = to.split('/')[0]!
  if (to.startsWith('../dashboard') || target === 'query' || (target === 'types' && typeOnly)) return null
  return `${from} may take only src/query, and src/types by \`import type\`: ${to}`
}

/** The sentence to show for an import that breaks the house rules, or null. */
function breach({ from, to, typeOnly }: Import): string | null {
  const [stage, target] = [from.split('/')[0]!, to.split('/')[0]!]
  if (from.startsWith('../dashboard')) return dashboardBreach(from, to, typeOnly)
  if (COMPOSERS.has(stage) || stage === target) return null
  if (stage === 'types') return `${from}: types import nothing: ${to}`
  if (LEAVES.has(stage)) return LEAVES.has(target) ? null : `${from} is vocabulary and may not know ${to}`
  if (LEAVES.has(target) || (typeOnly && CONTRACTS.has(to))) return null
  return `${from} may not import its neighbour ${to}`
}

const breaches = (imports: Import[]): string[] => imports.map(breach).filter((line) => line !== null)

describe('who may import whom', () => {
  it('holds in src', () => {
    expect(breaches(files(src).flatMap((file) => importsOf(file)))).toEqual([])
  })

  it('holds in dashboard', () => {
    expect(breaches(files(resolve(src, '../dashboard/src')).flatMap((file) => importsOf(file)))).toEqual([])
  })

  it.each([
    ['flows/table.ts', `import { decode } from '../decode/decoder.ts'`],
    ['types/flow.ts', `import { formatAddress } from '../net/address.ts'`],
    ['net/address.ts', `export { x } from '../hosts/hosts.ts'`],
    ['verdict/fusion.ts', `import { createRules } from '../detectors/detector.ts'`],
    ['../dashboard/src/app.ts', `import { LEVELS } from '../../src/types/verdict.ts'`],
    ['../dashboard/src/app.ts', `import type { Feed } from '../../src/server/feed.ts'`],
  ])('a seeded breach in %s is found', (file, text) => {
    expect(breaches(importsOf(resolve(src, file), text))).toHaveLength(1)
  })
})

describe('size', () => {
  it('no file passes 400 lines', () => {
    const long = [...files(src), ...files(resolve(src, '../dashboard/src'))].filter(
      (file) => readFileSync(file, 'utf8').split('\n').length > 400,
    )
    expect(long.map((file) => relative(src, file))).toEqual([])
  })
})

describe('time and randomness come in as arguments', () => {
  const outside = new Set(['clock.ts'])
  const reads = /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bMath\.random\(|\bprocess\.hrtime/
  it('no clock and no unseeded random below main', () => {
    const found = files(src).filter(
      (file) => !outside.has(relative(src, file)) && reads.test(readFileSync(file, 'utf8')),
    )
    expect(found.map((file) => relative(src, file))).toEqual([])
  })
  it('would see one', () => {
    expect(reads.test('const now = Date.now()')).toBe(true)
  })
})
