import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { storeContract } from '../store.case.ts'
import { openDuckdb } from './store.ts'

const folder = mkdtempSync(join(tmpdir(), 'nads-store-'))
afterAll(() => rmSync(folder, { recursive: true }))
const warn = (message: string): void => {
  throw new Error(message)
}
let next = 0

storeContract('in memory', () => openDuckdb({ folder: null, stamp: 's', warn }))
storeContract('in a file', () => openDuckdb({ folder: join(folder, String(next++)), stamp: 's', warn, ballast: 0 }))
