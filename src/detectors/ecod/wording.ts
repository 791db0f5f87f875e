import type { Feature } from '../../features/feature.ts'
import { separated } from '../../math/separated.ts'

/** A value of a feature in a sentence: `12,400 packets per second`, `bytes sent 14 MB`, `protocol ICMP`. */
export function phrase(feature: Feature, value: number): string {
  const counted = feature.unit === 'packets' || feature.unit === 'packets/s'
  return counted ? `${figure(feature, value)} ${feature.label}` : `${feature.label} ${figure(feature, value)}`
}

/** A value of a feature alone: `12,400`, `14 MB`, `ICMP`. */
export function figure({ unit, words }: Feature, value: number): string {
  if (words !== undefined) return words[value] ?? String(value)
  if (unit === 'B' || unit === 'B/s') return formatBytes(value)
  if (unit === 's') return formatSeconds(value)
  if (unit === 'h') return formatHours(value)
  return unit === 'bit' ? `${formatNumber(value)} bit` : formatNumber(value)
}

/** Three figures, thousands separated. */
export function formatNumber(value: number): string {
  const rounded = Number(value.toPrecision(3))
  const size = Math.abs(rounded)
  if (size >= 1e15 || size < 1000) return String(rounded)
  return separated(Math.round(rounded))
}

/** As a person says it, rounded half up: `0.4 %`, `12 %`. */
export function formatShare(share: number): string {
  return `${Number((100 * share).toPrecision(share < 0.1 ? 1 : 2))} %`
}

/** `14.2 MB`, powers of 1,000. */
export function formatBytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB']
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, Math.abs(value))) / 3)))
  return `${formatNumber(value / 1000 ** power)} ${units[power]}`
}

/** `4.5 s`, `12 ms`. */
export function formatSeconds(value: number): string {
  if (value >= 1 || value === 0) return `${formatNumber(value)} s`
  return value >= 0.001 ? `${formatNumber(1000 * value)} ms` : `${formatNumber(1e6 * value)} µs`
}

/** Rounded to the largest unit there are two of: `45 s`, `60 min`, `9 days`. */
export function formatSpan(value: number): string {
  const [size, unit] = SPANS.find(([size]) => value >= 2 * size) ?? [1, 's']
  return size === 1 ? formatSeconds(value) : `${formatNumber(Math.round(value / size))} ${unit}`
}

const SPANS = [
  [86_400, 'days'],
  [3_600, 'h'],
  [60, 'min'],
] as const

function formatHours(value: number): string {
  const minutes = Math.floor(60 * value)
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}
