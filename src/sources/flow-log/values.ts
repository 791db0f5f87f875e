import { PROTOCOL } from '../../net/flow-record.ts'

/** Latest time a date can show: 9999-12-31, epoch seconds. */
const TIME_MAX = 253_402_300_799

/** A count, 0 for an empty cell; NaN for what is no count. */
export function countOf(text: string): number {
  if (text === '') return 0
  const value = Number(text)
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER ? Math.floor(value) : Number.NaN
}

/** A port or a like number below 65,536, decimal or 0x hexadecimal, 0 for an empty cell; NaN for what is none. */
export function portOf(text: string): number {
  const value = countOf(text)
  return value < 65_536 ? value : Number.NaN
}

/** Seconds, 0 for an empty cell; NaN for what is no length of time. */
export function secondsOf(text: string): number {
  if (text === '') return 0
  const value = Number(text)
  return value >= 0 && value <= TIME_MAX ? value : Number.NaN
}

/** Epoch seconds of a number of seconds, or of `YYYY/MM/DD HH:MM:SS.ffffff` or ISO 8601, UTC unless an offset is given; else NaN. */
export function timeOf(text: string): number {
  if (text === '') return Number.NaN
  if (!Number.isNaN(Number(text))) return secondsOf(text)
  const [, year, month, day, clock, fraction = '', zone = 'Z'] = DATE.exec(text) ?? []
  if (year === undefined) return Number.NaN
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone
  const whole = Date.parse(`${year}-${month}-${day}T${clock}${offset}`) / 1000
  return secondsOf(String(whole + Number(`0${fraction}`)))
}

const DATE = /^(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,12})?(Z|[+-]\d\d:?\d\d)?$/

const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ...Object.entries(PROTOCOL),
  ['ipv6-icmp', PROTOCOL.icmp6],
  ['icmpv6', PROTOCOL.icmp6],
  // Argus names what it takes for media streams; they are UDP.
  ['rtp', PROTOCOL.udp],
  ['rtcp', PROTOCOL.udp],
  ['udt', PROTOCOL.udp],
  ['ipip', 4],
  ['ipv6', 41],
  ['ah', 51],
  ['eigrp', 88],
  ['ospf', 89],
  ['pim', 103],
  ['vrrp', 112],
])

/** IANA number of a protocol's name or number, `ARP` for `arp`; -1 when unknown. */
export function protocolOf(text: string): number {
  const known = PROTOCOLS.get(text.toLowerCase())
  if (known !== undefined) return known
  const number = text === '' ? Number.NaN : countOf(text)
  return number < 256 ? number : -1
}

/** A MAC address as a 48-bit integer, 0 when it is none. */
export function macOf(text: string): number {
  const parts = text.split(':')
  const value =
    parts.length === 6 && text.length <= 17 ? Number(`0x${parts.map((part) => part.padStart(2, '0')).join('')}`) : 0
  return Number.isNaN(value) ? 0 : value
}

const BENIGN: ReadonlySet<string> = new Set(['', 'benign', 'normal', 'background', '0'])

/** The truth a log tells: `''` for what is benign, else the detail where there is one, else the label. */
export function truthOf(label: string, detail: string): string {
  return BENIGN.has(label.trim().toLowerCase()) ? '' : detail.trim() || label.trim()
}
