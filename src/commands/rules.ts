import { existsSync } from 'node:fs'
import { Command } from 'commander'
import { isBlind } from '../detectors/rules/blind.ts'
import type { Rule } from '../detectors/rules/rule.ts'
import { rulesOf } from '../request.ts'
import { lacksOf } from '../sources/detect.ts'
import { FILE_KINDS, LACKS } from '../sources/index.ts'
import { InputError } from '../types/errors.ts'
import { SIGHTS, type Sight } from '../types/sight.ts'
import { configOf } from './options.ts'

/** `nads rules`: every rule that would run, after checking all of them. */
export function rulesCommand(): Command {
  return new Command('rules')
    .description('Check all rules and list them.')
    .option('--config <file>', 'settings in YAML')
    .option('--rules <folder...>', 'folders with rules of your own')
    .option('--classic-rules', 'with the five original thresholds')
    .option('--for <input>', `say which are blind on a kind of input (${[...LACKS.keys()].join(', ')}) or on a file`)
    .action((options) => {
      const rules = rulesOf({ config: configOf(options), sources: [] })
      const lacks = options.for === undefined ? [] : lacksAt(options.for as string)
      const blind = new Map(rules.flatMap((rule) => (isBlind(rule, new Set(lacks)) ? [[rule, why(rule, lacks)]] : [])))
      const rows = rules.map((rule) => {
        const { id, level, type, attack, title } = rule
        const seen = options.for === undefined ? [] : [blind.has(rule) ? 'blind' : '']
        const reason = blind.get(rule)
        return [...seen, id, level, type, attack.join(' '), reason === undefined ? title : `${title} (needs ${reason})`]
      })
      process.stdout.write(
        `${table(rows)}\n\n${rules.length} rules, all valid${summary(blind.size, options.for, lacks)}\n`,
      )
    })
}

function lacksAt(input: string): readonly Sight[] {
  const known = LACKS.get(input)
  if (known !== undefined) return known
  if (existsSync(input)) return lacksOf(input, FILE_KINDS)
  throw new InputError(`--for ${input}: neither a file nor one of ${[...LACKS.keys()].join(', ')}`)
}

/** What alone would make the rule blind, in words; all of it where it takes several. */
function why(rule: Rule, lacks: readonly Sight[]): string {
  const alone = lacks.filter((sight) => isBlind(rule, new Set([sight])))
  return (alone.length > 0 ? alone : lacks).map((sight) => SIGHTS[sight]).join(', ')
}

function summary(blind: number, input: string | undefined, lacks: readonly Sight[]): string {
  if (input === undefined) return ''
  if (lacks.length === 0) return `, none blind on ${input}`
  return `, ${blind} blind on ${input}, which lacks ${lacks.map((sight) => SIGHTS[sight]).join(', ')}`
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]!.length))) ?? []
  const lines = rows.map((row) =>
    row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]!))).join('  '),
  )
  return lines.map((line) => line.trimEnd()).join('\n')
}
