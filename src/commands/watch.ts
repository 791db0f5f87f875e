import { Command, Option } from 'commander'
import { interfaceNames, interfaceState } from '../sources/watch/interfaces.ts'
import { WATCH } from '../sources/watch/kind.ts'
import { InputError } from '../types/errors.ts'
import { configOf, detectionOptions, number, serverOptions } from './options.ts'
import { start } from './start.ts'

const HOW = `
Packets are captured by dumpcap, else tcpdump, whichever is installed: nads itself needs no privilege. What is missing for
that, nads doctor says. The interface "any" is all of them.

Examples:
  nads watch eth0
  nads watch eth0 wlan0 --filter "not port 22"`

/** `nads watch`: the packets of interfaces, judged as they pass, on the dashboard. */
export function watchCommand(): Command {
  const command = new Command('watch')
    .description('Judge the packets of network interfaces as they pass and show them in the dashboard.')
    .argument('<interface...>', 'interfaces to watch; any for all of them')
    .option('--filter <bpf>', 'only packets that match, as pcap-filter(7) has it')
    .option('--snap-length <n>', 'bytes kept of every packet (default 256)', number)
    .option('--no-promiscuous', 'only packets from and to this machine')
    .addOption(new Option('--tool <name>', 'which program captures').choices(['dumpcap', 'tcpdump']))
    .addHelpText('after', HOW)
  return serverOptions(detectionOptions(command)).action(async (interfaces: string[], options) => {
    const { filter, snapLength, promiscuous, tool } = options as Record<string, never>
    const sources = [...new Set(interfaces)].map((name) => ({
      ...{ kind: 'watch', name, interface: name, promiscuous },
      ...(filter !== undefined && { filter }),
      ...(snapLength !== undefined && { snapLength }),
      ...(tool !== undefined && { tool }),
    }))
    for (const source of sources) check(source)
    await start(configOf(options, { sources }))
  })
}

/** Says it of a name on the command line, where the settings would be named. */
function check(source: { interface: string }): void {
  const { success, error } = WATCH.schema.safeParse(source)
  if (!success) {
    const issue = error.issues.at(-1)
    throw new InputError(`watch ${source.interface}: ${issue!.path.join('.')}: ${issue!.message}`)
  }
  if (interfaceState(source.interface) !== 'gone') return
  throw new InputError(`watch ${source.interface}: no such interface; there are ${interfaceNames().join(', ')}, any`)
}
