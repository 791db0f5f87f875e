import { Command, CommanderError } from 'commander'
import { tokenCommand, userCommand } from './commands/access.ts'
import { collectCommand } from './commands/collect.ts'
import { configCommand } from './commands/config.ts'
import { doctorCommand } from './commands/doctor.ts'
import { evaluateCommand } from './commands/evaluate.ts'
import { failure } from './commands/failure.ts'
import { followCommand } from './commands/follow.ts'
import { readCommand } from './commands/read.ts'
import { rulesCommand } from './commands/rules.ts'
import { selftestCommand } from './commands/selftest.ts'
import { startCommand } from './commands/start.ts'
import { version } from './commands/version.ts'
import { watchCommand } from './commands/watch.ts'

const EXAMPLES = `
Examples:
  nads start                            watch simulated traffic at http://localhost:8080
  nads start --rate 5 --scenario quiet  faster, and without attacks
  nads watch eth0                       watch a network interface
  nads collect                          judge flows that a router exports
  nads read capture.pcap                what is wrong in this capture
  nads read capture.pcap --serve        the same, in the dashboard
  tcpdump -w - | nads read -            packets from standard input

Exit codes: 0 done, 1 internal fault, 2 something in the input is wrong.`

/** Runs one command line. Sets the exit code; never throws. */
export async function main(args: string[]): Promise<void> {
  const program = new Command('nads')
    .description('Hybrid network anomaly detector: rules and an Isolation Forest decide together and say why.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .addHelpText('after', EXAMPLES)
    .showSuggestionAfterError()
    .exitOverride()
  for (const command of [
    startCommand(),
    watchCommand(),
    collectCommand(),
    doctorCommand(),
    readCommand(),
    followCommand(),
    evaluateCommand(),
    selftestCommand(),
    rulesCommand(),
    configCommand(),
    userCommand(),
    tokenCommand(),
  ]) {
    program.addCommand(command.exitOverride().helpOption('-h, --help', 'show help'))
  }
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 || args.length === 0 ? 0 : 2
    else process.exitCode = failure(error)
  }
}
