import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { InputError } from '../../types/errors.ts'
import type { Fields } from './field.ts'
import { parseRule, type Rule } from './rule.ts'

/**
 * Reads every `*.yaml` directly in the folders (not `*.test.yaml`), in the order of their names. Throws an `InputError`
 * naming file and line when a rule is wrong or two share an id.
 */
export function loadRules(folders: readonly string[], fields: Fields): Rule[] {
  const byId = new Map<string, Rule>()
  for (const file of folders.flatMap(ruleFiles)) {
    const rule = parseRule(readFileSync(file, 'utf8'), file, fields)
    const twin = byId.get(rule.id)
    if (twin !== undefined) throw new InputError(`${file}: id "${rule.id}" is already used by ${twin.file}`)
    byId.set(rule.id, rule)
  }
  return [...byId.values()]
}

/** Paths of the rule files directly in a folder, sorted by name. */
export function ruleFiles(folder: string): string[] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    throw new InputError(`${folder}: rules cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
  const wanted = names.filter((name) => /\.ya?ml$/.test(name) && !/\.test\.ya?ml$/.test(name))
  return wanted.sort().map((name) => join(folder, name))
}
