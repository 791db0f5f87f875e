/**
 * `npm run fuzz -- NAME [SECONDS] [SEED]`: fuzzes a target by what it covers, and keeps the inputs that reached something new.
 * With 0 seconds it only throws away those kept that reach nothing the shorter ones do not.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { corpusOf } from '../test/fuzz/corpus.ts'
import { fuzz, minimal } from '../test/fuzz/fuzz.ts'
import { TARGETS } from '../test/fuzz/targets.ts'

const [name = '', seconds = '60', seed = '1'] = process.argv.slice(2)
const target = TARGETS[name]
if (target === undefined) {
  console.error(`no target is called '${name}': one of ${Object.keys(TARGETS).join(', ')}`)
  process.exit(2)
}
const folder = join(import.meta.dirname, '../test/fuzz/corpus', name)
const keep = (input: Uint8Array, prefix = ''): string => {
  const file = join(folder, `${prefix}${createHash('sha1').update(input).digest('hex').slice(0, 12)}`)
  writeFileSync(file, input)
  return file
}
if (Number(seconds) === 0) {
  const inputs = corpusOf(name)
  const kept = minimal(target.run, target.samples, inputs)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const input of kept) keep(input)
  console.log(`${name}: ${kept.length} of ${inputs.length} kept`)
  process.exit(0)
}
const end = Date.now() + Number(seconds) * 1000
const start = Date.now()
const report = fuzz(target.run, [...target.samples, ...corpusOf(name)], Number(seed), () => Date.now() < end)
mkdirSync(folder, { recursive: true })
for (const input of report.found) keep(input)
const perSecond = Math.round((report.inputs / (Date.now() - start)) * 1000)
console.log(
  `${name}: ${report.inputs} inputs, ${perSecond} a second, ${report.found.length} new, ${report.covered} characters covered`,
)
if (report.crash !== null) {
  console.error(`${keep(report.crash.input, 'crash-')}:`, report.crash.error)
  process.exit(1)
}
