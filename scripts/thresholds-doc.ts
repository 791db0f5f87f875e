/** Writes docs/thresholds.md from the rules. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createFields } from '../src/detectors/rules/fields.ts'
import { loadRules } from '../src/detectors/rules/load.ts'
import { describeThresholds } from '../src/detectors/rules/thresholds.ts'
import { FEATURES } from '../src/features/index.ts'
import { CODE_REFERENCES, type CodeReference } from './code-reference.ts'

const root = join(import.meta.dirname, '..')
const fields = createFields(FEATURES)

/** The reference as it should be. */
export function thresholdsDocument(): string {
  const packs = describeThresholds([
    { heading: 'Always on', rules: loadRules([join(root, 'rules')], fields) },
    {
      heading: 'The classic pack, on for the simulated scenarios home and classic',
      rules: loadRules([join(root, 'rules/classic')], fields),
    },
  ])
  return [packs, '## Found by code', '', ...CODE_REFERENCES.map(describeCode)].join('\n')
}

function describeCode(detector: CodeReference): string {
  const { name, title, description, findings, tunables, saidIn, falsePositives } = detector
  const told = findings.map(({ type, level, attack }) => `${type} (${level}, ${attack.join(', ')})`)
  const todo = findings.map(({ type, response }) => `  - ${type}: ${response}`)
  return [
    `### ${title}`,
    '',
    `${description} [\`${name}\`](../src/detectors/${saidIn})`,
    '',
    ...(told.length === 0 ? [] : [`- Tells of: ${told.join('; ')}.`]),
    `- Tunables, with their reasons in the file: ${leavesOf(tunables).join(', ')}.`,
    `- Also seen as: ${falsePositives.join('; ')}.`,
    ...(todo.length === 0 ? [] : ['- What to do:', ...todo]),
    '',
  ].join('\n')
}

/** Every value below `settings`, as `path = value`. */
function leavesOf(settings: object, path = ''): string[] {
  return Object.entries(settings).flatMap(([key, value]: [string, unknown]) => {
    const name = path === '' ? key : `${path}.${key}`
    if (value instanceof Set) return [`\`${name}\` = ${[...value].join(' ')}`]
    return typeof value === 'object' && value !== null ? leavesOf(value, name) : [`\`${name}\` = ${String(value)}`]
  })
}

if (process.argv[1] === import.meta.filename) writeFileSync(join(root, 'docs/thresholds.md'), thresholdsDocument())
