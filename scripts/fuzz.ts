/**
 * `npm run fuzz -- NAME [SECONDS] [SEED]`: fuzzes a target by what it covers, and keeps the inputs that reached something new.
 * With 0 seconds it only throws away those kept that reach nothing the shorter ones do not.
 */
import { writeFileSync } from 'node:fs'
import { corpusOf, keepCorpus } from '../test/fuzz/corpus.ts'
import { fuzz, minimal } from '../test/fuzz/fuzz.ts'
import { TARGETS } from '../test/fuzz/targets.ts'

const [name = '', seconds = '60', seed = '1'] = process.argv.slice(2)
const target = TARGETS[name]
if (target === undefined) {
  console.error(`no target is called '${name}': one of ${Object.keys(TARGETS).join(', ')}`)
  process.exit(2)
}
const known = corpusOf(name)
if (Number(seconds) === 0) {
  const kept = minimal(target.run, target.samples, known)
  keepCorpus(name, kept)
  console.log(`${name}: ${kept.length} of ${known.length} kept`)
  process.exit(0)
}
const end = Date.now() + Number(seconds) * 1000
const start = Date.now()
const report = fuzz(target.run, [...target.samples, ...known], Number(seed), () => Date.now() < end)
keepCorpus(name, [...known, ...report.found])
const perSecond = Math.round((report.inputs / (Date.now() - start)) * 1000)
console.log(
  `${name}: ${report.inputs} inputs, ${perSecond} a second, ${report.found.length} new, ${report.covered} characters covered`,
)
if (report.crash !== null) {
  const file = `${name}.crash`
  writeFileSync(file, report.crash.input)
  console.error(`${file}:`, report.crash.error)
  process.exit(1)
}
