import { Command, Option } from 'commander'
import { systemClock } from '../clock.ts'
import { type Check, examine } from '../doctor/examine.ts'
import { interfaceNames, interfaceState } from '../sources/watch/interfaces.ts'
import { CAPTURE_TOOLS, findProgram } from '../sources/watch/tool.ts'
import { configOf, detectionOptions, serverOptions } from './options.ts'

const HOW = `
Exit codes: 0 nothing is missing, 1 something is, 2 something in the settings is wrong.`

/** `nads doctor`: what this machine lacks for watching its network, and the command that mends each. */
export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('Say what is missing on this machine, one line each, with the command that mends it.')
    .addOption(new Option('--format <name>', 'how to print it').choices(['text', 'json']).default('text'))
    .addHelpText('after', HOW)
  return serverOptions(detectionOptions(command)).action(async (options) => {
    const checks = await examine(configOf(options), {
      tools: CAPTURE_TOOLS.map(({ name }) => ({ name, path: findProgram(name) })),
      interfaces: interfaceNames().map((name) => ({ name, state: interfaceState(name) })),
      now: systemClock.now(),
    })
    process.stdout.write(options.format === 'json' ? `${JSON.stringify(checks)}\n` : checks.map(line).join(''))
    if (checks.some(({ ok }) => !ok)) process.exitCode = 1
  })
}

function line({ item, ok, found, mend }: Check): string {
  const what = `${ok ? 'ok     ' : 'missing'}  ${item.padEnd(11)}  ${found}`
  return mend === undefined ? `${what}\n` : `${what}: ${mend}\n`
}
