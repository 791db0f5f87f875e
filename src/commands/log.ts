import { type Logger, pino } from 'pino'

/** JSON lines on standard error; one readable line each where a person is looking. */
export function createLog(level: string): Logger {
  if (!process.stderr.isTTY) return pino({ level }, pino.destination({ fd: 2, sync: true }))
  return pino({ level, base: null }, { write: (line: string) => process.stderr.write(readable(line)) })
}

function readable(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as { level: number; time: number; msg: string }
  const clock = new Date(time).toTimeString().slice(0, 8)
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
  return `${clock} ${pino.levels.labels[level]?.padEnd(5)} ${msg}${rest.join('')}\n`
}
