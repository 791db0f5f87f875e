import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** Longest name of a maker that is shown. */
const LONGEST = 60

let known: Map<number, string> | null = null

/**
 * Who made a device, by the first half of its hardware address as the IEEE assigned it (MA-L). `madeUp`: the address is locally
 * administered, so it names nobody. Reads the list when first asked.
 */
export function vendorOf(mac: string | null): { vendor?: string; madeUp?: true } {
  const prefix = mac === null ? Number.NaN : Number.parseInt(mac.replaceAll(':', '').slice(0, 6), 16)
  if (Number.isNaN(prefix)) return {}
  if ((prefix & 0x02_00_00) !== 0) return { madeUp: true }
  known ??= read()
  const vendor = known.get(prefix)
  return vendor === undefined ? {} : { vendor }
}

/** The names alone: the addresses of the makers are most of the list. */
function read(): Map<number, string> {
  const file = createRequire(import.meta.url).resolve('oui-data')
  const list = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>
  const entries = Object.entries(list)
  return new Map(entries.map(([prefix, text]) => [Number.parseInt(prefix, 16), text.split('\n')[0]!.slice(0, LONGEST)]))
}
