import type { Incident } from '../types/incident.ts'
import {
  byEngine,
  type CampaignResult,
  ENGINES,
  type Engine,
  type EngineResult,
  type Outcome,
  type SelftestResult,
} from './selftest.ts'

/** The result as a table for people: a line for each variant, a column for each engine. */
export function selftestText({ campaigns, engines, missed, seed }: SelftestResult): string {
  const rows = campaigns.map(({ family, variant, outcomes }) => [
    family,
    variant,
    ...ENGINES.map((engine) => cell(outcomes[engine])),
  ])
  const sums = [
    ['found', '', ...ENGINES.map((engine) => `${engines[engine].found} of ${campaigns.length}`)],
    ['rightly named', '', ...ENGINES.map((engine) => `${engines[engine].named} of ${campaigns.length}`)],
    ['false incidents an hour', '', ...ENGINES.map((engine) => perHour(engines[engine]).toFixed(3))],
  ]
  const head = ['FAMILY', 'VARIANT', ...ENGINES.map((engine) => engine.toUpperCase())]
  const widths = head.map((text, i) => Math.max(...[head, ...rows].map((row) => row[i]!.length), text.length))
  const line = (row: readonly string[]): string =>
    row
      .map((text, i) => text.padEnd(widths[i]!))
      .join('  ')
      .trimEnd()
  const sum = ([name, , ...cells]: readonly string[]): string =>
    [name!.padEnd(widths[0]! + widths[1]! + 2), ...cells.map((text, i) => text.padEnd(widths[i + 2]!))]
      .join('  ')
      .trimEnd()
  const others = engines.hybrid.unexplained.map(
    ({ title, method, severity, reasons }) =>
      `  ${severity} ${method}: ${title} (${reasons[0]?.text ?? 'no reason given'})`,
  )
  return [
    line(head),
    ...rows.map(line),
    '',
    ...sums.map(sum),
    `in ${engines.hybrid.hours.toFixed(1)} hours of simulated traffic, seed ${seed}`,
    ...(others.length === 0
      ? []
      : ['', 'incidents of rules and model together that belong to no campaign:', ...others]),
    '',
    missed.length === 0 ? 'No family was missed.' : `Missed: ${missed.join(', ')}`,
    '',
  ].join('\n')
}

/** The result as plain JSON: incidents by id, type, title, severity, method and time. */
export function selftestJson({ campaigns, engines, missed, seed }: SelftestResult): unknown {
  return {
    seed,
    campaigns: campaigns.map((campaign) => ({
      ...campaign,
      outcomes: byEngine((engine) => outcome(campaign, engine)),
    })),
    engines: byEngine((engine) => ({
      found: engines[engine].found,
      named: engines[engine].named,
      of: campaigns.length,
      falsePerHour: perHour(engines[engine]),
      hours: engines[engine].hours,
      falseIncidents: engines[engine].unexplained.map(brief),
    })),
    missed,
  }
}

function outcome({ outcomes }: CampaignResult, engine: Engine) {
  const { found, named, delay, incidents } = outcomes[engine]
  return { found, named, delay, incidents: incidents.map(brief) }
}

function brief({ id, type, title, severity, method, detectedAt }: Incident) {
  return { id, type, title, severity, method, detectedAt }
}

/** Found under which name, after how many seconds, in how many incidents. */
function cell({ found, named, delay, incidents }: Outcome): string {
  if (!found) return 'missed'
  const count = incidents.length === 1 ? '' : ` in ${incidents.length}`
  return `${named ? 'named' : 'found'} ${delay!.toFixed(1)} s${count}`
}

function perHour({ unexplained, hours }: EngineResult): number {
  return hours === 0 ? 0 : unexplained.length / hours
}
