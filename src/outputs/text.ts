import { stripVTControlCharacters, styleText } from 'node:util'
import { separated } from '../math/separated.ts'
import type { Incident } from '../types/incident.ts'
import type { InputSummary, ReadReport } from '../types/report.ts'
import { type Blindness, SIGHTS } from '../types/sight.ts'
import type { Level } from '../types/verdict.ts'
import type { Output } from './output.ts'

const COLOUR: Record<Level, Parameters<typeof styleText>[0]> = {
  informational: 'dim',
  low: 'cyan',
  medium: 'yellow',
  high: 'red',
  critical: ['bold', 'red'],
}

/** Incidents as a table with their reasons, then what was read and what could not be. */
export const text: Output = {
  name: 'text',
  render(report, { width, colour }) {
    const paint: Paint = (style, content) => (colour ? styleText(style, content, { validateStream: false }) : content)
    const incidents = [...report.incidents].sort(byImportance)
    return `\n${incidents.length === 0 ? calm(report) : table(incidents, width, paint)}\n\n${summary(report, width)}\n`
  },
}

type Paint = (style: Parameters<typeof styleText>[0], content: string) => string

const RANK: readonly Level[] = ['critical', 'high', 'medium', 'low', 'informational']

function byImportance(a: Incident, b: Incident): number {
  return RANK.indexOf(a.severity) - RANK.indexOf(b.severity) || b.flows - a.flows || (a.id < b.id ? -1 : 1)
}

function calm({ stats }: ReadReport): string {
  if (stats.totalPackets === 0) return 'There was no traffic to judge.'
  return 'No incidents: nothing in this traffic calls for your attention.'
}

const HEAD = ['SEVERITY', 'WHAT HAPPENED', 'BY', 'FLOWS', 'FIRST SEEN (UTC)', 'LASTED']

function table(incidents: Incident[], width: number, paint: Paint): string {
  const rows = incidents.map((incident) => [
    incident.severity,
    printable(incident.title),
    incident.method,
    whole(incident.flows),
    stamp(incident.firstSeen),
    duration(incident.lastSeen - incident.firstSeen),
  ])
  const columns = HEAD.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i]!.length)))
  const spare = width - columns.reduce((sum, column) => sum + column + 2, 0)
  if (spare < 0) columns[1] = Math.max(24, columns[1]! + spare)
  const line = (cells: readonly string[]): string => cells.map((cell, i) => pad(cell, columns[i]!, i === 3)).join('  ')
  const lines = [paint('dim', line(HEAD))]
  incidents.forEach((incident, i) => {
    const cells = line(rows[i]!)
    const severity = pad(incident.severity, columns[0]!, false)
    lines.push(paint(COLOUR[incident.severity], severity) + cells.slice(severity.length))
    lines.push(...why(incident, columns[0]! + 2, width).map((reason) => paint('dim', reason)))
  })
  return lines.join('\n')
}

/** The three weightiest reasons, what would not have alerted and what to do, wrapped under the incident. */
function why(incident: Incident, indent: number, width: number): string[] {
  const sentences = incident.reasons.slice(0, 3).map((reason) => printable(reason.text))
  if (incident.otherwise !== null) sentences.push(printable(incident.otherwise.text))
  if (incident.attack.length > 0) sentences.push(`ATT&CK ${incident.attack.join(', ')}`)
  if (incident.response !== '') sentences.push(`What to do: ${printable(incident.response)}`)
  return sentences.flatMap((sentence) => wrap(sentence, Math.max(40, width - indent - 2), ' '.repeat(indent)))
}

function wrap(sentence: string, width: number, indent: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of sentence.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > width) {
      lines.push(`${indent}  ${line}`)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  lines.push(`${indent}  ${line}`)
  return lines.map((text, i) => (i === 0 ? `${indent}- ${text.trimStart()}` : text))
}

function summary({ input, stats, incidents }: ReadReport, width: number): string {
  const { model } = stats
  const learned =
    model.state !== 'learning'
      ? `${model.state === 'active' ? 'active' : `calibrating (${Math.floor(100 * (model.calibrated ?? 0))} %), raises no incident by itself yet`}, learned from ${whole(model.learned)} flows`
      : `still learning, ${model.learned} of ${model.needed} flows: rules judged alone`
  const rows = [
    ['read', `${whole(input.packets)} packets, ${bytes(input.bytes)}, ${whole(input.flows)} flows${span(input)}`],
    [
      'verdicts',
      `${whole(stats.normal)} normal, ${whole(stats.anomalies)} anomalous (${whole(stats.rule)} by rule, ${whole(stats.ml)} by model, ${whole(stats.hybrid)} by both)`,
    ],
    ['incidents', whole(incidents.length)],
    ['model', learned],
  ]
  const skipped = Object.entries(input.undecoded)
  if (skipped.length > 0) rows.push(['not decoded', skipped.map(([reason, n]) => `${whole(n)} ${reason}`).join(', ')])
  for (const one of stats.blind) rows.push(['blind to', blind(one, stats.blind.length > 1)])
  if (input.truncated) rows.push(['truncated', 'the input breaks off; what came before was kept'])
  return rows.map(([name, value]) => hanging(name!, value!, width)).join('\n')
}

/** A name and what it stands for, which is wrapped beside it. */
function hanging(name: string, value: string, width: number): string {
  const lines = wrap(value, Math.max(40, width - 16), ' '.repeat(10))
  return [name.padEnd(12) + lines[0]!.trimStart().slice(2), ...lines.slice(1)].join('\n')
}

/** What may have happened without a word of it being said. */
function blind({ sources, lacks, to }: Blindness, several: boolean): string {
  const where = several ? `in ${sources.map(printable).join(', ')}: ` : ''
  const what = to.length === 0 ? 'no rule' : to.map(printable).join('; ')
  return `${where}${what}. Not in this input: ${lacks.map((sight) => SIGHTS[sight]).join(', ')}`
}

function span({ first, last }: InputSummary): string {
  return first === null || last === null ? '' : `, ${stamp(first)} UTC, ${duration(last - first)}`
}

function pad(cell: string, width: number, right: boolean): string {
  const cut = cell.length > width ? `${cell.slice(0, width - 1)}…` : cell
  return right ? cut.padStart(width) : cut.padEnd(width)
}

/** What came from the wire must not steer the terminal. */
export function printable(content: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return stripVTControlCharacters(content).replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '\ufffd')
}

function whole(value: number): string {
  return separated(Math.round(value))
}

function stamp(epoch: number): string {
  return Number.isFinite(epoch) ? new Date(epoch * 1000).toISOString().slice(0, 19).replace('T', ' ') : 'unknown'
}

/** `850 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`
  if (seconds < 60) return `${Math.round(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** `812 B`, `14.2 kB`, `1.1 GB`: powers of 1,000. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let unit = 0
  let left = value
  while (left >= 999.95 && unit < units.length - 1) {
    left /= 1000
    unit++
  }
  return `${unit === 0 ? left : left.toFixed(1)} ${units[unit]}`
}
