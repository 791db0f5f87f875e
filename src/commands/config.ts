import { Command } from 'commander'
import { stringify } from 'yaml'
import { configOf } from './options.ts'

/** `nads config`: the effective configuration, as YAML that can be saved and edited. */
export function configCommand(): Command {
  return new Command('config')
    .description('Print the effective settings; with a file, check it first.')
    .argument('[file]', 'settings in YAML')
    .action((file: string | undefined) => {
      process.stdout.write(stringify(configOf({ config: file })))
    })
}
