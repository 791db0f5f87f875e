import { Command } from 'commander'
import { rulesOf } from '../run.ts'
import { configOf } from './options.ts'

/** `nads rules`: every rule that would run, after checking all of them. */
export function rulesCommand(): Command {
  return new Command('rules')
    .description('Check all rules and list them.')
    .option('--config <file>', 'settings in YAML')
    .option('--rules <folder...>', 'folders with rules of your own')
    .option('--classic-rules', 'with the five original thresholds')
    .action((options) => {
      const rules = rulesOf({ config: configOf(options), source: 'pcap', files: [] })
      const rows = rules.map(({ id, level, type, attack, title }) => [id, level, type, attack.join(' '), title])
      const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
      for (const row of rows) {
        process.stdout.write(
          `${row
            .map((cell, i) => cell.padEnd(widths[i] ?? 0))
            .join('  ')
            .trimEnd()}\n`,
        )
      }
      process.stdout.write(`\n${rules.length} rules, all valid\n`)
    })
}
