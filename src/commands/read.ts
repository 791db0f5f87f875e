import { basename } from 'node:path'
import { Command, Option } from 'commander'
import { systemClock } from '../clock.ts'
import type { Config } from '../config.ts'
import { OUTPUTS } from '../outputs/index.ts'
import { printable } from '../outputs/text.ts'
import { type RunHooks, run } from '../run.ts'
import type { SourceSettings } from '../sources/index.ts'
import { InputError } from '../types/errors.ts'
import type { FeedEvent } from '../types/feed.ts'
import { configOf, detectionOptions, serverOptions } from './options.ts'
import { createProgress } from './progress.ts'
import { version } from './version.ts'

/** `nads read`: judges captures and prints what was found, or shows it in the dashboard. */
export function readCommand(): Command {
  const command = new Command('read')
    .description(
      'Judge captures (pcap, pcapng) or flow logs (Zeek, Argus), plain or .gz, and print the incidents found.',
    )
    .argument('<file...>', 'captures or flow logs in the order they were made; - is standard input')
    .addOption(
      new Option('--format <name>', 'how to print the result')
        .choices(OUTPUTS.map((output) => output.name))
        .default('text'),
    )
    .option('--serve', 'show the result in the dashboard instead of printing it')
  return serverOptions(detectionOptions(command)).action(async (files: string[], options) => {
    const config = configOf(options)
    if (options.serve === true) await show(files, config)
    else await print(files, config, options.format as string)
  })
}

async function print(files: string[], config: Config, format: string): Promise<void> {
  const report = await readFiles(files, config, files.includes('-') ? { send: createTeller() } : {})
  const output = OUTPUTS.find((candidate) => candidate.name === format)!
  const { stdout } = process
  const text = output.render(report, { width: stdout.columns ?? 100, colour: stdout.isTTY && stdout.hasColors() })
  stdout.on('error', () => {})
  stdout.write(text)
}

/** What is old in a capture is what it is about: nothing goes for its age. */
const FOREVER = { flowDays: 36_500, incidentDays: 36_500 }

/** What is read is judged already. */
const nothingRuns = (): Promise<number> => Promise.reject(new InputError('this was judged already: read it again'))

/** Server and history are loaded only here: they take longer to load than a small capture to read. */
async function show(files: string[], config: Config): Promise<void> {
  const [{ createFeedHub }, { emptyStats }, { openHistory }, { createLog }, { createRuleBook }, { serve }] =
    await Promise.all([
      import('../engine/feed.ts'),
      import('../request.ts'),
      import('./history.ts'),
      import('./log.ts'),
      import('./rule-book.ts'),
      import('./serve.ts'),
    ])
  const about = {
    version: version(),
    mode: `read ${files.map((file) => basename(file)).join(', ')}`,
    detection: `hybrid, ${config.detection.fusion} fusion`,
    seed: config.seed,
  }
  const hub = createFeedHub(about, emptyStats(config))
  const logger = createLog(config.log)
  const history = await openHistory(
    { ...config, dataDir: undefined, history: { ...config.history, ...FOREVER } },
    hub,
    logger,
    systemClock,
  )
  const reading = readFiles(files, config, { send: history.publish, history })
  // A pipe may never end: it is shown while it is read.
  if (!files.includes('-')) await reading
  const rules = createRuleBook({ config, sources: sourcesOf(files) }, history.store, nothingRuns)
  await Promise.all([reading, serve({ feed: hub, history, config, logger, rules, lines: ['Ctrl+C stops it.'] })])
}

const sourcesOf = (files: string[]): SourceSettings[] => [{ name: 'read', kind: 'read', files }]

/** Says of every incident of an input that may go on for ever, once and on standard error, that it came up. */
function createTeller(): (event: FeedEvent) => void {
  const told = new Set<string>()
  return (event) => {
    if (event.kind !== 'incidents') return
    for (const { id, severity, title, firstSeen } of event.incidents) {
      if (told.has(id)) continue
      told.add(id)
      process.stderr.write(`${new Date(firstSeen * 1000).toISOString()} ${severity}: ${printable(title)}\n`)
    }
  }
}

async function readFiles(files: string[], config: Config, hooks: Partial<RunHooks>) {
  const progress = createProgress(`reading ${files.length === 1 ? basename(files[0]!) : `${files.length} files`}`)
  const abort = new AbortController()
  const interrupt = (): void => abort.abort()
  process.once('SIGINT', interrupt)
  try {
    return await run(
      { config, sources: sourcesOf(files) },
      {
        clock: systemClock,
        signal: abort.signal,
        progress: progress.update,
        ...hooks,
      },
    )
  } finally {
    process.off('SIGINT', interrupt)
    progress.clear()
  }
}
