import { basename } from 'node:path'
import { Command, Option } from 'commander'
import { systemClock } from '../clock.ts'
import { createFlowScores, type FlowScores } from '../evaluate/flow-scores.ts'
import { type IncidentScore, scoreIncidents } from '../evaluate/score.ts'
import { labelOf, readTruth, type Truth } from '../evaluate/truth.ts'
import { formatAddress } from '../net/address.ts'
import { run } from '../run.ts'
import { InputError } from '../types/errors.ts'
import type { FlowRecord } from '../types/flow.ts'
import { describeTable, evaluateTable, type TableOptions } from './evaluate-table.ts'
import { configOf, detectionOptions, number } from './options.ts'
import { createProgress } from './progress.ts'

/** `nads evaluate`: how much of what really happened in a labelled capture was found, and what else was claimed. */
export function evaluateCommand(): Command {
  const command = new Command('evaluate')
    .description('Score what is found in a labelled capture against the truth.')
    .argument('[capture]', 'capture to judge; - is standard input')
    .option('--truth <file>', 'what really happened, JSON (plain or .xz); labels per packet are looked for beside it')
    .option('--table <file>', 'score the models alone on labelled rows instead: CSV (plain, .gz, .xz) or .npz')
    .option('--label <column>', 'column of the table that says what a row is (.npz: array, default y)')
    .option('--benign <value>', 'value of that column which is benign (default: normal, benign, background, 0 ...)')
    .option('--drop <column...>', 'columns of the table the models must not see')
    .addOption(
      new Option('--fit <rows>', 'rows of the table the models learn from').choices(['all', 'benign']).default('all'),
    )
    .option('--seeds <n>', 'forests grown, each of another seed', number, 5)
    .addOption(new Option('--format <name>', 'how to print the result').choices(['text', 'json']).default('text'))
  return detectionOptions(command).action(async (capture: string | undefined, options) => {
    if (options.table !== undefined) {
      const result = evaluateTable(tableOptions(capture, options))
      process.stdout.write(options.format === 'json' ? `${JSON.stringify(result)}\n` : describeTable(result))
      return
    }
    if (capture === undefined || options.truth === undefined)
      throw new InputError('evaluate: needs a capture and --truth FILE, or --table FILE --label COLUMN')
    const truth = readTruth(options.truth as string)
    const result = await evaluate(capture, truth, configOf(options))
    process.stdout.write(options.format === 'json' ? `${JSON.stringify(plain(result))}\n` : table(result))
  })
}

function tableOptions(capture: string | undefined, options: Record<string, unknown>): TableOptions {
  if (capture !== undefined || options.truth !== undefined)
    throw new InputError('evaluate: --table takes no capture and no --truth')
  const { table: file, drop = [], ...rest } = options as unknown as Omit<TableOptions, 'file'> & { table: string }
  const { label, benign, fit, seeds } = rest
  if (!(Number.isInteger(seeds) && seeds >= 1 && seeds <= 100)) throw new InputError('--seeds: must be 1 to 100')
  return { file, drop, fit, seeds, ...(label !== undefined && { label }), ...(benign !== undefined && { benign }) }
}

interface Evaluation {
  score: IncidentScore
  flows: FlowScores
  /** Whether it is known of each packet what it belongs to. */
  labelled: boolean
}

async function evaluate(capture: string, truth: Truth, config: ReturnType<typeof configOf>): Promise<Evaluation> {
  const progress = createProgress(`judging ${basename(capture)}`)
  const flows = createFlowScores()
  const report = await run(
    { config, sources: [{ name: 'read', kind: 'read', files: [capture] }] },
    {
      clock: systemClock,
      signal: new AbortController().signal,
      progress: progress.update,
      judged({ flow }, verdict) {
        const label = labelOf(truth, flow.frame)
        if (label !== null) nameHosts(truth, label, flow)
        if (flow.last < truth.epoch + truth.warm) return
        flows.add(label !== null, verdict.ruleScore, verdict.mlScore, verdict.score)
      },
    },
  )
  progress.clear()
  return { score: scoreIncidents(truth, report.incidents), flows, labelled: truth.labels !== null }
}

/** Attacks whose hosts the truth does not name are told by the flows labelled as theirs. */
function nameHosts(truth: Truth, label: string, flow: FlowRecord): void {
  for (const event of truth.events) {
    if (event.named || event.class !== label || flow.last < event.start || flow.first > event.end) continue
    event.hosts.add(formatAddress(flow.address, 0)).add(formatAddress(flow.address, 4))
  }
}

function plain({ score, flows, labelled }: Evaluation) {
  return {
    events: score.events.map(({ event, found, named, delay, incidents }) => ({
      class: event.class,
      file: basename(event.file),
      found,
      named,
      delay,
      incidents: incidents.map(({ id, type, title }) => ({ id, type, title })),
    })),
    unexplained: score.unexplained.map(({ id, type, title, severity, method }) => ({
      id,
      type,
      title,
      severity,
      method,
    })),
    unexplainedPerHour: score.unexplainedPerHour,
    flows: flows.flows,
    attackFlows: flows.attacks,
    separation: whyNoSeparation(labelled, flows) === null ? flows.separation() : null,
  }
}

/** Why flows cannot be told apart by the truth; null when they can. */
function whyNoSeparation(labelled: boolean, flows: FlowScores): string | null {
  if (!labelled) return 'no labels per packet (*.labels.u8) beside the truth: figures per flow are left out'
  if (flows.attacks === 0) return 'no flow after the warm-up is labelled as an attack: figures per flow are left out'
  return flows.attacks === flows.flows ? 'no flow is labelled benign: figures per flow are left out' : null
}

function table({ score, flows, labelled }: Evaluation): string {
  const lines = score.events.map(({ event, found, named, delay, incidents }) => {
    const verdict = found ? (named ? 'found, named' : 'found') : 'MISSED'
    const seconds = delay === null ? '' : `${delay.toFixed(1)} s`
    const what = incidents.map((incident) => incident.type).join(', ')
    return `${event.class.padEnd(18)}${basename(event.file).slice(0, 44).padEnd(46)}${verdict.padEnd(14)}${seconds.padStart(9)}  ${incidents.length}  ${what}`
  })
  const found = score.events.filter((event) => event.found).length
  const named = score.events.filter((event) => event.named).length
  const others = score.unexplained.map(
    ({ title, method, severity, reasons }) => `  ${severity} ${method}: ${title} (${reasons[0]?.text ?? ''})`,
  )
  return [
    ...lines,
    '',
    `events found ${found} of ${score.events.length}, named rightly ${named}`,
    `incidents that belong to no event: ${score.unexplained.length} (${score.unexplainedPerHour.toFixed(2)} an hour)`,
    ...others,
    ...separation(labelled, flows),
    '',
  ].join('\n')
}

function separation(labelled: boolean, flows: FlowScores): string[] {
  const why = whyNoSeparation(labelled, flows)
  if (why !== null) return [why]
  const engines = Object.entries(flows.separation()).map(
    ([name, { rocAuc, averagePrecision }]) =>
      `  ${name.padEnd(8)} ROC-AUC ${rocAuc.toFixed(4)}  average precision ${averagePrecision.toFixed(4)}`,
  )
  return [`per flow, ${flows.attacks} attack flows of ${flows.flows}:`, ...engines]
}
