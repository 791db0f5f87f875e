import { separated } from '../../math/separated.ts'

/** A number as a person reads it: thousands separated, three figures kept of what is small. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return separated(Math.round(value))
  return String(Number(value.toPrecision(3)))
}

/** A number with its unit: `1,204 packets`, `0.25 s`. */
export function formatQuantity(value: number, unit: string): string {
  return unit === '' ? formatNumber(value) : `${formatNumber(value)} ${unit}`
}

/** A timespan as a person reads it: `60 s`, `5 min`, `2 h`. */
export function formatSpan(seconds: number): string {
  if (seconds >= 7200 && seconds % 3600 === 0) return `${seconds / 3600} h`
  return seconds >= 120 && seconds % 60 === 0 ? `${seconds / 60} min` : `${formatNumber(seconds)} s`
}

/** A length of time in the largest unit there are two of: `45 s`, `3 h`, `8 days`. */
export function formatAge(seconds: number): string {
  const [size, unit] = [
    [86_400, 'days'],
    [3_600, 'h'],
    [60, 'min'],
    [1, 's'],
  ].find(([size]) => seconds >= 2 * (size as number)) ?? [1, 's']
  return `${Math.round(seconds / (size as number))} ${unit}`
}

/** Text from the wire inside a sentence: quoted and cut. */
export function quoted(text: string): string {
  return text.length > 120 ? `"${text.slice(0, 117)}..."` : `"${text}"`
}
