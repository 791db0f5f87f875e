const whole = new Intl.NumberFormat()
const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 })
const oneDigit = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' })
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' })

/** 12,345; from ten million on 12.3M. */
export function count(value: number): string {
  return value < 10_000_000 ? whole.format(Math.round(value)) : short.format(value)
}

/** 1,204; from ten thousand on 12.3K. */
export function shortCount(value: number): string {
  return value < 10_000 ? whole.format(Math.round(value)) : short.format(value)
}

/** `1 flow`, `1,204 flows`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** Share of 1 as a percentage: 3.1 %, 0.04 %; below that < 0.01 %, never a zero for what is not. */
export function percent(share: number): string {
  const value = share * 100
  if (value === 0 || value >= 0.1) return `${oneDigit.format(value)} %`
  return value < 0.01 ? '< 0.01 %' : `${value.toFixed(2)} %`
}

/** Confidence of 0 to 1 in whole percent; only certainty is 100 %. */
export function confidence(share: number): string {
  return `${share < 1 ? Math.min(99, Math.round(share * 100)) : 100} %`
}

/** A score of 0 to 1 with two digits. */
export function score(value: number): string {
  return value.toFixed(2)
}

/** 0.5, 12, 1,204 a second. */
export function rate(perSecond: number): string {
  return perSecond < 10 ? oneDigit.format(perSecond) : count(perSecond)
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** 812 B, 41.2 kB, 1.3 GB: decimal units. */
export function bytes(value: number): string {
  let [rest, unit] = [value, 0]
  while (rest >= 999.95 && unit < UNITS.length - 1) {
    rest /= 1000
    unit++
  }
  return `${unit === 0 || rest >= 100 ? Math.round(rest) : rest.toFixed(1)} ${UNITS[unit]}`
}

/** The reader's own clock: 14:02:11 today, with the day before it otherwise. `time` in epoch seconds. */
export function time(time: number, today = new Date()): string {
  const date = new Date(time * 1000)
  if (Number.isNaN(date.getTime())) return 'unknown'
  return date.toDateString() === today.toDateString()
    ? clock.format(date)
    : `${day.format(date)}, ${clock.format(date)}`
}

/** Date and time in full. */
export function dateTime(time: number): string {
  const date = new Date(time * 1000)
  return Number.isNaN(date.getTime()) ? 'unknown' : full.format(date)
}

/** For a machine: ISO 8601. */
export function isoTime(time: number): string {
  const date = new Date(time * 1000)
  return Number.isNaN(date.getTime()) ? '' : date.toISOString()
}

/** `5 s`, `2 min`, `1 h`. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${oneDigit.format(seconds)} s`
  return seconds < 7200 ? `${oneDigit.format(seconds / 60)} min` : `${oneDigit.format(seconds / 3600)} h`
}

/** Address and port as a person writes them; the port is empty for protocols that have none. */
export function endpoint(address: string, port: number, protocol: string): { address: string; port: string } {
  const portless = port === 0 || protocol.startsWith('ICMP') || protocol === 'ARP'
  if (portless) return { address, port: '' }
  return { address: address.includes(':') ? `[${address}]` : address, port: `:${port}` }
}

/** `decode.bad-checksum` as a person reads it. */
export function counterName(name: string): string {
  const dot = name.indexOf('.')
  const [stage, reason] = dot < 0 ? ['', name] : [name.slice(0, dot), name.slice(dot + 1)]
  const words = reason
    .replaceAll(/[-_.]/g, ' ')
    .replaceAll(/[a-z](?=[A-Z])/g, '$& ')
    .toLowerCase()
  return stage === '' ? words : `${stage}: ${words}`
}

/** The first two of `known` addresses, and how many more of `all` there are. */
export function addresses(known: readonly string[], all: number): string {
  const shown = known.slice(0, 2)
  const more = Math.max(all, known.length) - shown.length
  return shown.join(', ') + (more > 0 ? ` and ${count(more)} more` : '')
}

/** A number with its unit: bytes and seconds scaled to a person's size. */
export function quantity(value: number, unit: string): string {
  if (unit === 'B') return bytes(value)
  if (unit === 's') return value < 1 ? `${oneDigit.format(value * 1000)} ms` : duration(value)
  if (unit === '%') return percent(value)
  const number =
    Number.isInteger(value) || Math.abs(value) >= 100 ? count(value) : Number(value.toPrecision(3)).toString()
  return unit === '' ? number : `${number} ${unit}`
}
