import { Command } from 'commander'
import { configOf, detectionOptions, number, serverOptions } from './options.ts'
import { start } from './start.ts'

const HOW = `
Any port takes NetFlow v5, v9, IPFIX and sFlow v5; port 0 is none. Only this machine can send to 127.0.0.1: give the address
your devices send to with --listen, and name the devices with --allow, for UDP tells nobody who really sent it.

Examples:
  nads collect
  nads collect --listen 192.0.2.10 --allow 192.0.2.1`

/** `nads collect`: flows that devices export, judged as they come, on the dashboard. */
export function collectCommand(): Command {
  const command = new Command('collect')
    .description('Judge the flows that routers, switches and firewalls export and show them in the dashboard.')
    .option('--listen <address>', 'address to listen on for exports (default 127.0.0.1)')
    .option('--netflow-port <n>', 'UDP port for NetFlow (default 2055)', number)
    .option('--ipfix-port <n>', 'UDP port for IPFIX (default 4739)', number)
    .option('--sflow-port <n>', 'UDP port for sFlow (default 6343)', number)
    .option('--allow <block...>', 'addresses or CIDR blocks of the devices that are listened to (default: all)')
    .addHelpText('after', HOW)
  return serverOptions(detectionOptions(command)).action(async (options) => {
    const { listen, netflowPort, ipfixPort, sflowPort, allow } = options as Record<string, unknown>
    const given = Object.entries({ host: listen, netflowPort, ipfixPort, sflowPort, allow })
    const source = { kind: 'collect', ...Object.fromEntries(given.filter(([, value]) => value !== undefined)) }
    await start(configOf(options, { sources: [source] }))
  })
}
