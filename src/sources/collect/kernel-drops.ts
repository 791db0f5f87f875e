import { readFileSync } from 'node:fs'
import { parseAddress } from '../../net/address.ts'

const TABLES = ['/proc/net/udp', '/proc/net/udp6'] as const

/** Where a socket is bound. */
export interface Bound {
  address: string
  port: number
}

/**
 * Datagrams the kernel dropped at sockets bound to `address` and `port`, because nobody took them in time; as Linux tells
 * it. 0 elsewhere.
 */
export function kernelDrops(bound: readonly Bound[]): number {
  let drops = 0
  for (const table of TABLES) {
    const wanted = bound.filter(({ address }) => address.includes(':') === table.endsWith('6'))
    if (wanted.length > 0) drops += dropsIn(textOf(table), wanted)
  }
  return drops
}

/** The same from the text of such a table. */
export function dropsIn(text: string, bound: readonly Bound[]): number {
  const locals = new Set(bound.map(localOf))
  let drops = 0
  for (const line of text.split('\n').slice(1)) {
    const cells = line.trim().split(/\s+/)
    if (locals.has(cells[1] ?? '')) drops += Number(cells[cells.length - 1]) || 0
  }
  return drops
}

/** As the table writes it: words of the address in the byte order of the machine, in hexadecimal. */
function localOf({ address, port }: Bound): string {
  const bytes = address.includes(':') ? bytesOf6(address) : address.split('.').map(Number)
  const words: string[] = []
  for (let at = 0; at < bytes.length; at += 4) {
    const word = bytes.slice(at, at + 4).reverse()
    words.push(word.map((byte) => byte.toString(16).padStart(2, '0')).join(''))
  }
  return `${words.join('')}:${port.toString(16).padStart(4, '0')}`.toUpperCase()
}

function bytesOf6(address: string): number[] {
  const words = new Int32Array(4)
  parseAddress(address, words)
  return [...words].flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255])
}

function textOf(table: string): string {
  try {
    return readFileSync(table, 'utf8')
  } catch {
    return ''
  }
}
