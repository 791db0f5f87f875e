import type { KeptIncident } from '../../types/history.ts'

/** An incident as Markdown to paste into a ticket. What came from the wire cannot become markup of it. */
export function markdownOf(incident: KeptIncident): string {
  const { id, title, severity, type, method, attack, firstSeen, lastSeen, flows, packets, bytes, reasons } = incident
  const rows: [string, string][] = [
    ['Severity', severity],
    ['Kind', type],
    ['Found by', method],
    ['Confidence', `${Math.round(incident.confidence * 100)} %`],
    ['From', listed(incident.sources, incident.sourceCount)],
    ['To', listed(incident.targets, incident.targetCount)],
    ['Ports', listed(incident.ports.map(String), incident.portCount)],
    ['First seen', stamp(firstSeen)],
    ['Last seen', stamp(lastSeen)],
    ['Traffic', `${flows} flows, ${packets} packets, ${bytes} bytes`],
    ['ATT&CK', attack.join(', ')],
    ['State', incident.assignee === null ? incident.state : `${incident.state}, ${incident.assignee}`],
  ]
  const parts = [
    `# ${plain(title)}`,
    rows
      .filter(([, value]) => value !== '')
      .map(([name, value]) => `- **${plain(name)}:** ${plain(value)}`)
      .join('\n'),
    `## Why\n\n${reasons.map(({ text }) => `- ${plain(text)}`).join('\n')}`,
  ]
  if (incident.otherwise !== null) parts.push(`## What would not have alerted\n\n${plain(incident.otherwise.text)}`)
  if (incident.response !== '') parts.push(`## What to do\n\n${plain(incident.response)}`)
  if (incident.notes.length > 0) {
    const notes = incident.notes.map(({ time, author, text }) => `- ${stamp(time)} ${plain(author)}: ${plain(text)}`)
    parts.push(`## Notes\n\n${notes.join('\n')}`)
  }
  return `${parts.join('\n\n')}\n\n${plain(id)}\n`
}

function listed(values: readonly string[], count: number): string {
  const shown = values.slice(0, 10).join(', ')
  return count > 10 ? `${shown} and ${count - Math.min(10, values.length)} more` : shown
}

function stamp(time: number): string {
  return Number.isFinite(time) ? `${new Date(time * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC` : 'unknown'
}

/** One line in which no character is markup (CommonMark 2.4) or steers a terminal. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, ' ')
  return line.replace(/[\\`*_{}[\]<>#|!~&]/g, (character) => `\\${character}`)
}
