import { Command } from 'commander'
import { configOf, detectionOptions, serverOptions } from './options.ts'
import { start } from './start.ts'

/** `nads follow`: logs of flows judged as they are written, on the dashboard. */
export function followCommand(): Command {
  const command = new Command('follow')
    .description('Judge flow logs (Zeek, Suricata ...) as they are written and show them in the dashboard.')
    .argument('<file...>', 'logs that are being written; of Zeek name conn.log and those that tell more of it')
  return serverOptions(detectionOptions(command)).action(async (files: string[], options) =>
    start({ ...configOf(options), sources: [{ name: 'follow', kind: 'follow', files }] }),
  )
}
