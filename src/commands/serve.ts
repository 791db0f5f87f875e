import { BlockList, isIP, isIPv6 } from 'node:net'
import closeWithGrace from 'close-with-grace'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { createServer } from '../server/server.ts'
import type { Feed } from '../types/feed.ts'
import { failure } from './failure.ts'
import { version } from './version.ts'

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

export interface Serving {
  /** Ends serving because of a fault, with its exit code. */
  fail(error: unknown): Promise<void>
}

/** Serves `feed`, prints the banner with `lines` under the address, and ends on SIGTERM or Ctrl+C after `stop`. */
export async function serve(
  feed: Feed,
  config: Config,
  logger: Logger,
  lines: string[],
  stop: () => Promise<void> = async () => {},
): Promise<Serving> {
  const server = await createServer({ feed, logger, host: config.server.host, port: config.server.port })
  const open =
    isIP(config.server.host) !== 0 && !LOOPBACK.check(config.server.host, isIPv6(config.server.host) ? 'ipv6' : 'ipv4')
  const warning = open ? ['', 'Anyone who can reach this address sees the dashboard: there is no password yet.'] : []
  const banner = [`Dashboard   ${server.url}`, ...lines, ...warning].map((line) => `  ${line}`.trimEnd())
  process.stdout.write(`\n  nads ${version()}, hybrid network anomaly detector\n\n${banner.join('\n')}\n\n`)
  const grace = closeWithGrace({ delay: 5000, logger: false }, async ({ err }) => {
    if (err !== undefined) failure(err)
    await stop()
    await server.close()
  })
  return {
    async fail(error) {
      grace.uninstall()
      process.exitCode = failure(error)
      await server.close()
    },
  }
}
