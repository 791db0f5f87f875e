import closeWithGrace from 'close-with-grace'
import type { Logger } from 'pino'
import { systemClock } from '../clock.ts'
import type { Config } from '../config.ts'
import { openAccounts } from '../server/accounts.ts'
import type { Models } from '../server/api/model.ts'
import type { Outputs } from '../server/api/outputs.ts'
import type { RuleBook } from '../server/api/rules.ts'
import { isLoopback } from '../server/origin.ts'
import { createServer } from '../server/server.ts'
import type { SourceState } from '../types/api.ts'
import { InputError } from '../types/errors.ts'
import type { Feed } from '../types/feed.ts'
import type { RunningCaptures } from './captures/captures.ts'
import { failure } from './failure.ts'
import type { History } from './history.ts'
import { version } from './version.ts'

/** Milliseconds ending may take: on a busy machine what was learned and kept takes longer to write, and is not to be cut off. */
const GRACE = 30_000

export interface Serving {
  /** Ends serving because of a fault, with its exit code. */
  fail(error: unknown): Promise<void>
}

export interface Served {
  feed: Feed
  history: History
  config: Config
  logger: Logger
  /** Printed under the address. */
  lines: string[]
  rules?: RuleBook
  models?: Models
  captures?: RunningCaptures
  outputs?: Outputs
  /** Ends what feeds the page, before the rest ends. */
  stop?: () => Promise<void>
}

/**
 * Serves the page and the API, prints the banner, and ends on SIGTERM or Ctrl+C after `stop`. Throws an `InputError` when it
 * cannot listen; the history is closed then, for it would keep the program alive.
 */
export async function serve(served: Served): Promise<Serving> {
  try {
    return await listen(served)
  } catch (error) {
    await served.captures?.close()
    await served.history.close()
    throw error
  }
}

async function listen({
  feed,
  history,
  config,
  logger,
  lines,
  rules,
  models,
  captures,
  outputs,
  stop,
}: Served): Promise<Serving> {
  const { host, port } = config.server
  if (!isLoopback(host) && config.dataDir === undefined) {
    throw new InputError(`to listen on ${host} people must sign in, which needs --data-dir to keep passwords in`)
  }
  const { store, desk, limits } = history
  const server = await createServer({
    feed,
    logger,
    host,
    port,
    accounts: openAccounts(config.dataDir ?? null),
    api: {
      store,
      desk,
      rules: rules ?? null,
      models: models ?? null,
      captures: captures ?? null,
      outputs: outputs ?? null,
      limits,
      settings: withoutSecrets(config),
      sources: () => sourcesOf(feed),
      now: () => systemClock.now(),
    },
  })
  const setUp =
    server.setUp === null
      ? []
      : ['', 'Nobody has a password yet. Set the first one, once, at', `${server.url}${server.setUp}`]
  const banner = [`Dashboard   ${server.url}`, ...lines, ...setUp].map((line) => `  ${line}`.trimEnd())
  process.stdout.write(`\n  nads ${version()}, hybrid network anomaly detector\n\n${banner.join('\n')}\n\n`)
  const end = async (): Promise<void> => {
    await stop?.()
    await server.close()
    await captures?.close()
    await history.close()
  }
  const grace = closeWithGrace({ delay: GRACE, logger: false, skip: ['SIGHUP'] }, async ({ err }) => {
    if (err !== undefined) failure(err)
    await end()
  })
  return {
    async fail(error) {
      grace.uninstall()
      process.exitCode = failure(error)
      await server.close()
      await captures?.close()
      await history.close()
    },
  }
}

/** What a page may show of the settings: passwords, and addresses that are as good as one, stay in the file. */
function withoutSecrets(config: Config): unknown {
  const outputs = config.outputs.map((one) => ({
    ...one,
    ...('url' in one && { url: `${new URL(one.url).origin}/...`, headers: Object.keys(one.headers) }),
    ...('password' in one && { password: '...' }),
  }))
  return { ...config, outputs }
}

/** Every source, with what cannot be found in it. */
function sourcesOf(feed: Feed): SourceState[] {
  const { sources, blind } = feed.snapshot().stats
  return sources.map((source) => ({
    ...source,
    blind: blind.filter((one) => one.sources.includes(source.name)).flatMap(({ to }) => to),
  }))
}
