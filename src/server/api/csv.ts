import type { KeptFlow } from '../../types/history.ts'

const COLUMNS: readonly (keyof KeptFlow)[] = [
  'seq',
  'time',
  'first',
  'input',
  'source',
  'srcPort',
  'destination',
  'dstPort',
  'protocol',
  'service',
  'connState',
  'packetsOut',
  'packetsIn',
  'bytesOut',
  'bytesIn',
  'method',
  'type',
  'score',
  'incident',
  'names',
  'tunnel',
]

/** Flows as CSV (RFC 4180) with a head line. No cell starts a formula, whatever the wire said. */
export function csvOf(flows: readonly KeptFlow[]): string {
  const rows = flows.map((flow) => COLUMNS.map((column) => cell(flow[column])).join(','))
  return `${[COLUMNS.join(','), ...rows].join('\r\n')}\r\n`
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
