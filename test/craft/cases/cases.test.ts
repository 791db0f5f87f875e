import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pcap } from '../index.ts'
import { cases } from './index.ts'

describe('golden captures', () => {
  it.each(Object.keys(cases))('%s: what is kept is what is made (npx tsx scripts/golden.ts)', (name) => {
    const file = join(import.meta.dirname, '../../golden', name, 'input.pcap')
    expect(existsSync(file)).toBe(true)
    const made = pcap(cases[name]!())
    expect(Buffer.from(made).equals(readFileSync(file))).toBe(true)
    expect(made.length).toBeLessThanOrEqual(200_000)
  })
})
