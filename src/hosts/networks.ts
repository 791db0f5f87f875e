import { formatAddress, isIPv4, parseBlock } from '../net/address.ts'
import { InputError } from '../types/errors.ts'
import type { NetworkView } from '../types/host.ts'

/** RFC 1918, 6890, 4193, 4291, and the unspecified addresses of hosts that have none yet. */
const PRIVATE = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '127.0.0.0/8',
  '0.0.0.0',
  'fc00::/7',
  'fe80::/10',
  '::1',
  '::',
]
/** Flows looked at before a public network is taken for ours, and the share of them it must have an end in. */
const SAMPLE = 512
const SHARE = 0.9

type Block = (words: ArrayLike<number>, offset: number) => boolean

/** A test for any of some CIDR blocks or addresses; an `InputError` names the one that is neither. */
export function parseBlocks(texts: readonly string[], what: string): Block {
  const blocks = texts.map((text) => {
    const block = parseBlock(text)
    if (block === null) throw new InputError(`${what}: '${text}' is not an address or CIDR block such as 10.0.0.0/8`)
    return block
  })
  return (words, offset) => blocks.some((block) => block(words, offset))
}

/**
 * Which addresses are ours: the configured blocks, else private and link-local ones. A site on public addresses that
 * configured nothing is known by this: nine in ten of its first 512 flows have no private end and one in the same network of
 * 16 bits (IPv6: 48).
 */
export class Networks {
  /** Grows when a network is inferred: what was asked before may have another answer. */
  version = 0
  private readonly why: 'configured' | 'private'
  private readonly texts: readonly string[]
  private readonly own: Block
  private inferred: { text: string; block: Block } | null = null
  private sampled = 0
  private readonly counts = new Map<number, { count: number; text: string }>()

  constructor(configured: readonly string[]) {
    this.why = configured.length > 0 ? 'configured' : 'private'
    this.texts = configured.length > 0 ? configured : PRIVATE
    this.own = parseBlocks(this.texts, 'local networks')
  }

  /** Whether four words at `offset` are an address of ours. */
  has(words: Int32Array, offset: number): boolean {
    return this.own(words, offset) || (this.inferred?.block(words, offset) ?? false)
  }

  /** Shows the two ends of a flow, while it is not yet clear what is ours. */
  sample(address: Int32Array, anyLocal: boolean): void {
    if (this.sampled === SAMPLE || this.why === 'configured') return
    if (!anyLocal) this.count(address, 4, this.count(address, 0, Number.NaN))
    if (++this.sampled < SAMPLE) return
    this.infer()
    this.counts.clear()
  }

  describe(): NetworkView['localNetworks'] {
    const known = this.texts.map((block) => ({ block, why: this.why }))
    return this.inferred === null ? known : [...known, { block: this.inferred.text, why: 'inferred' as const }]
  }

  private count(address: Int32Array, offset: number, counted: number): number {
    const four = isIPv4(address, offset)
    const key = four
      ? address[offset + 3]! >>> 16
      : -1 - (address[offset]! >>> 0) * 2 ** 16 - (address[offset + 1]! >>> 16)
    if (key === counted) return key
    const entry = this.counts.get(key)
    if (entry !== undefined) entry.count++
    else this.counts.set(key, { count: 1, text: prefixOf(address, offset, four) })
    return key
  }

  private infer(): void {
    for (const { count, text } of this.counts.values()) {
      if (count < SHARE * SAMPLE || this.inferred !== null) continue
      this.inferred = { text, block: parseBlock(text)! }
      this.version++
    }
  }
}

function prefixOf(address: Int32Array, offset: number, four: boolean): string {
  const words = Int32Array.from(address.subarray(offset, offset + 4))
  if (four) words[3]! &= 0xffff0000
  else {
    words[1]! &= 0xffff0000
    words.fill(0, 2)
  }
  return `${formatAddress(words)}/${four ? 16 : 48}`
}

/** An address that stands for many hosts: IPv4 multicast and limited broadcast, IPv6 multicast. */
export function isGroup(words: Int32Array, offset: number): boolean {
  if (!isIPv4(words, offset)) return words[offset]! >>> 24 === 0xff
  const word = words[offset + 3]!
  return word >>> 28 === 14 || word === -1
}

/** Of those, the ones for everybody. */
export function isBroadcast(words: Int32Array, offset: number): boolean {
  return isIPv4(words, offset) && words[offset + 3] === -1
}

/** The last IPv4 address of a /24 or any larger network, where it may mean everybody there. */
export function isDirectedBroadcast(words: Int32Array, offset: number): boolean {
  return isIPv4(words, offset) && (words[offset + 3]! & 0xff) === 0xff
}

/** 0.0.0.0 or ::, of a host that has no address yet. */
export function isUnspecified(words: Int32Array, offset: number): boolean {
  const high = words[offset]! | words[offset + 1]! | words[offset + 3]!
  return high === 0 && (words[offset + 2] === 0 || words[offset + 2] === 0xffff)
}
