/** Writes docs/thresholds.md from the rules. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createFields } from '../src/detectors/rules/fields.ts'
import { loadRules } from '../src/detectors/rules/load.ts'
import { describeThresholds } from '../src/detectors/rules/thresholds.ts'
import { FEATURES } from '../src/features/index.ts'

const root = join(import.meta.dirname, '..')
const fields = createFields(FEATURES)

/** The reference as it should be. */
export function thresholdsDocument(): string {
  return describeThresholds([
    { heading: 'Always on', rules: loadRules([join(root, 'rules')], fields) },
    {
      heading: 'The classic pack, on for the simulated scenarios home and classic',
      rules: loadRules([join(root, 'rules/classic')], fields),
    },
  ])
}

if (process.argv[1] === import.meta.filename) writeFileSync(join(root, 'docs/thresholds.md'), thresholdsDocument())
