/** Writes the input of every golden case: `npx tsx scripts/golden.ts`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cases } from '../test/craft/cases/index.ts'
import { pcap } from '../test/craft/index.ts'

for (const [name, frames] of Object.entries(cases)) {
  const folder = join(import.meta.dirname, '../test/golden', name)
  const capture = pcap(frames())
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'input.pcap'), capture)
  console.log(`${name}: ${capture.length} bytes`)
}
