import { Command, CommanderError } from 'commander'
import { failure } from './commands/failure.ts'
import { version } from './commands/version.ts'

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

/** Every command; only the one asked for is loaded, for most of them bring much along. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./commands/start.ts')).startCommand(),
  watch: async () => (await import('./commands/watch.ts')).watchCommand(),
  collect: async () => (await import('./commands/collect.ts')).collectCommand(),
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand(),
  read: async () => (await import('./commands/read.ts')).readCommand(),
  follow: async () => (await import('./commands/follow.ts')).followCommand(),
  evaluate: async () => (await import('./commands/evaluate.ts')).evaluateCommand(),
  selftest: async () => (await import('./commands/selftest.ts')).selftestCommand(),
  rules: async () => (await import('./commands/rules.ts')).rulesCommand(),
  config: async () => (await import('./commands/config.ts')).configCommand(),
  user: async () => (await import('./commands/access.ts')).userCommand(),
  token: async () => (await import('./commands/access.ts')).tokenCommand(),
}

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
  const [first = ''] = args
  const asked = Object.hasOwn(COMMANDS, first) ? [first] : /^(-V|--version)$/.test(first) ? [] : Object.keys(COMMANDS)
  for (const name of asked) {
    const command = await COMMANDS[name]!()
    program.addCommand(command.exitOverride().helpOption('-h, --help', 'show help'))
  }
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 || args.length === 0 ? 0 : 2
    else process.exitCode = failure(error)
  }
}
