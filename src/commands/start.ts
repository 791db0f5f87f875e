import { Command } from 'commander'
import { systemClock } from '../clock.ts'
import type { Config } from '../config.ts'
import { createFeedHub } from '../engine/feed.ts'
import { startThread } from '../engine/thread.ts'
import { createNotifier } from '../notify/notifier.ts'
import { checkRequest, editedOf, emptyStats, type RunRequest } from '../request.ts'
import type { SourceSettings } from '../sources/index.ts'
import type { ModelView } from '../types/api.ts'
import { InputError } from '../types/errors.ts'
import type { ModelOrder, WorkerMessage, WorkerOrder } from '../worker.ts'
import { openCaptures } from './captures/captures.ts'
import { keepMessage, openHistory } from './history.ts'
import { createLog } from './log.ts'
import { configOf, detectionOptions, number, serverOptions } from './options.ts'
import { createQuestions } from './questions.ts'
import { createRuleBook } from './rule-book.ts'
import { watchRules } from './rule-watch.ts'
import { serve } from './serve.ts'
import { createSourceLog } from './source-log.ts'
import { version } from './version.ts'

/** `nads start`: what the settings name as sources, else simulated traffic, judged as it happens, on the dashboard. */
export function startCommand(): Command {
  const command = new Command('start')
    .description('Judge the sources of the settings, else simulated traffic, and show it in the dashboard.')
    .option('--rate <n>', 'simulated flows a second (default 0.5)', number)
    .option('--scenario <name>', 'what is simulated: home, quiet, classic, campaigns (default home)')
  return serverOptions(detectionOptions(command)).action(async (options) => start(configOf(options)))
}

/** Judges the sources of the settings (without any, made-up traffic) in a thread of its own and serves the dashboard. */
export async function start(config: Config): Promise<void> {
  const request: RunRequest = { config, sources: sourcesOf(config), ...editedOf(config) }
  const checked = checkRequest(request, systemClock)
  const log = createLog(config.log)
  const mode = request.sources.map(describe).join('; ')
  const detection = `${checked.rules} rules and the model, ${config.detection.fusion} fusion`
  const hub = createFeedHub({ version: version(), mode, detection, seed: config.seed }, emptyStats(config))
  hub.subscribe(createSourceLog(log))
  const model = `Isolation Forest, 100 trees, learns from the first ${config.detection.warmup} flows`
  const lines = [`Model       ${model}`, `Detection   ${detection}`, `Mode        ${mode}`, '', 'Ctrl+C stops it.']
  const notifier = createNotifier({
    outputs: config.outputs,
    now: systemClock.now,
    sleep: (seconds, signal) => systemClock.sleep(seconds, signal),
    onTurn(subject, problem) {
      if (problem === null) log.info({ output: subject }, 'output works again')
      else log.warn({ output: subject, problem }, 'output fails')
      const kind = problem === null ? 'output-works' : 'output-fails'
      const decision = { time: systemClock.now(), author: 'nads', kind, subject, content: { problem } }
      void history.store.decide(decision, []).catch(() => {})
    },
  })
  const history = await openHistory(config, hub, log, systemClock, notifier.take, ({ alertsPerDay }) =>
    thread.tell({ alertsPerDay } satisfies WorkerOrder),
  )
  const rules = createRuleBook(request, history.store, () => watching.ask())
  const captures = openCaptures(config, log, systemClock)
  const asked = createQuestions<ModelView>()
  const order = (what: ModelOrder) => () => asked.ask(() => thread.tell(what satisfies WorkerOrder))
  const models = { describe: order('describe'), retrain: order('retrain'), rollBack: order('rollBack') }
  const stop = async (): Promise<void> => {
    watching.close()
    await thread.stop()
    notifier.close()
  }
  const serving = await serve({
    feed: hub,
    history,
    config,
    logger: log,
    lines,
    rules,
    models,
    captures,
    outputs: notifier,
    stop,
  })
  const thread = startThread<WorkerMessage>(new URL(`../worker${import.meta.url.slice(-3)}`, import.meta.url), {
    ...request,
    config: { ...config, detection: { ...config.detection, alertsPerDay: history.limits.current().alertsPerDay } },
    incidentsBefore: history.incidentsBefore,
  })
  const watching = watchRules(config.rules.folders, () => thread.tell('reload' satisfies WorkerOrder), log)
  thread.onMessage((message) => {
    keepMessage(history, message)
    if (message.kind === 'rules') watching.answered(message)
    if (message.kind === 'model') 'view' in message ? asked.answered(message.view) : asked.refused(message.refused)
    if (message.kind === 'failed') {
      void serving.fail(message.input ? new InputError(message.message) : new Error(message.message))
    }
  })
  thread.ended.catch((error: unknown) => serving.fail(error))
}

/** Those of the settings; without any, made-up traffic. */
function sourcesOf({ sources, simulator }: Config): SourceSettings[] {
  return sources.length > 0 ? sources : [{ name: 'simulator', kind: 'simulator', ...simulator }]
}

type CollectSettings = Extract<SourceSettings, { kind: 'collect' }>

function portsOf({ netflowPort, ipfixPort, sflowPort }: CollectSettings): number[] {
  return [...new Set([netflowPort, ipfixPort, sflowPort])].filter((port) => port !== 0)
}

function describe(source: SourceSettings): string {
  if (source.kind === 'simulator') return `simulator "${source.scenario}", ${pace(source.rate)}`
  if (source.kind === 'collect') return `exports to ${source.host}, UDP ${portsOf(source).join(', ')}`
  return source.name === source.kind ? source.kind : `${source.kind} ${source.name}`
}

function pace(rate: number): string {
  return rate < 1 ? `one flow every ${Number((1 / rate).toFixed(1))} s` : `${rate} flows a second`
}
