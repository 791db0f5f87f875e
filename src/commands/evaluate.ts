import { basename } from 'node:path'
import { Command, Option } from 'commander'
import { systemClock } from '../clock.ts'
import { createFlowScores, type FlowScores } from '../evaluate/flow-scores.ts'
import { type IncidentScore, scoreIncidents } from '../evaluate/score.ts'
import { labelOf, readTruth, type Truth } from '../evaluate/truth.ts'
import { formatAddress } from '../net/address.ts'
import { run } from '../run.ts'
import type { FlowRecord } from '../types/flow.ts'
import { configOf, detectionOptions } from './options.ts'
import { createProgress } from './progress.ts'

/** `nads evaluate`: how much of what really happened in a labelled capture was found, and what else was claimed. */
export function evaluateCommand(): Command {
  const command = new Command('evaluate')
    .description('Score what is found in a labelled capture against the truth.')
    .argument('<capture>', 'capture to judge; - is standard input')
    .requiredOption(
      '--truth <file>',
      'what really happened, JSON (plain or .xz); labels per packet are looked for beside it',
    )
    .addOption(new Option('--format <name>', 'how to print the result').choices(['text', 'json']).default('text'))
  return detectionOptions(command).action(async (capture: string, options) => {
    const truth = readTruth(options.truth as string)
    const result = await evaluate(capture, truth, configOf(options))
    process.stdout.write(options.format === 'json' ? `${JSON.stringify(plain(result))}\n` : table(result))
  })
}

interface Evaluation {
  score: IncidentScore
  flows: FlowScores
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
  return { score: scoreIncidents(truth, report.incidents), flows }
}

/** Attacks whose hosts the truth does not name are told by the flows labelled as theirs. */
function nameHosts(truth: Truth, label: string, flow: FlowRecord): void {
  for (const event of truth.events) {
    if (event.named || event.class !== label || flow.last < event.start || flow.first > event.end) continue
    event.hosts.add(formatAddress(flow.address, 0)).add(formatAddress(flow.address, 4))
  }
}

function plain({ score, flows }: Evaluation) {
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
    separation: flows.separation(),
  }
}

function table({ score, flows }: Evaluation): string {
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
  const engines = Object.entries(flows.separation()).map(
    ([name, { rocAuc, averagePrecision }]) =>
      `  ${name.padEnd(8)} ROC-AUC ${rocAuc.toFixed(4)}  average precision ${averagePrecision.toFixed(4)}`,
  )
  return [
    ...lines,
    '',
    `events found ${found} of ${score.events.length}, named rightly ${named}`,
    `incidents that belong to no event: ${score.unexplained.length} (${score.unexplainedPerHour.toFixed(2)} an hour)`,
    ...others,
    `per flow, ${flows.attacks} attack flows of ${flows.flows}:`,
    ...engines,
    '',
  ].join('\n')
}
