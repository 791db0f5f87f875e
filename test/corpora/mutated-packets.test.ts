import { describe, expect, it } from 'vitest'
import { createDecoder } from '../../src/decode/decoder.ts'
import { createFlowTable } from '../../src/flows/flow-table.ts'
import { arp, bytes, ETHER, ethernet, hex, icmp, ipv4, ipv6, tcp, udp } from '../packets.ts'

const ROUNDS = 1_000_000
/** Link types to try every packet as. */
const LINKS = [1, 1, 1, 1, 1, 0, 101, 113, 228, 229, 276, 147] as const

/** One packet of every kind that is decoded; the mutations do the rest. */
const SEEDS = [
  ethernet(ipv4(tcp([1, 2, 3], { flags: 'S' }))),
  ethernet(ipv4(tcp([], { flags: 'FA', dataOffset: 8 }), { options: [1, 1, 1, 0] })),
  ethernet(ipv4(udp(new Uint8Array(20)), { protocol: 17 }), { vlans: [1, 2] }),
  ethernet(ipv4(udp(new Uint8Array(20)), { protocol: 17, moreFragments: true })),
  ethernet(ipv4([1, 2, 3, 4], { protocol: 17, offset: 24 })),
  ethernet(ipv4(icmp(8, 0, 7), { protocol: 1 })),
  ethernet(ipv4(icmp(3, 1, 0, ipv4(udp(), { protocol: 17 })), { protocol: 1 })),
  ethernet(ipv6(tcp()), { type: ETHER.ipv6 }),
  ethernet(
    ipv6(bytes(hex('2b00000000000000 2c02000000000000 0000000000000000 0000000000000000 1100000800000005'), udp()), {
      next: 0,
    }),
    {
      type: ETHER.ipv6,
    },
  ),
  ethernet(ipv6(icmp(128, 0, 9), { next: 58 }), { type: ETHER.ipv6 }),
  ethernet(arp(), { type: ETHER.arp }),
  ethernet(bytes(hex('aaaa03 000000 0800'), ipv4(tcp())), { type: 48 }),
]

/** Fills `buffer` with one of the packets, up to three bytes of it changed; returns its length. */
function mutate(buffer: Uint8Array, random: () => number): number {
  const seed = SEEDS[random() % SEEDS.length]!
  buffer.set(seed)
  for (let n = random() % 4; n > 0; n--) buffer[random() % seed.length] = random()
  return seed.length
}

/** xorshift32 (Marsaglia 2003): millions of numbers are wanted, fast. */
function xorshift(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

describe('a million mutated packets', () => {
  it('are decoded or counted, and make flows, without an exception', () => {
    const random = xorshift(20_261_123)
    const decoder = createDecoder()
    let inFlows = 0
    const table = createFlowTable({ cap: 5000 }, ({ forward, reverse, first, last }) => {
      inFlows += forward.packets + reverse.packets
      if (!(last >= first)) throw new Error(`a flow from ${first} to ${last}`)
    })
    let rows = 0
    const advance = (): void => {
      rows += decoder.batch.count
      table.add(decoder.batch)
      decoder.clear()
    }
    const buffer = new Uint8Array(512)
    for (let round = 0; round < ROUNDS; round++) {
      const size = mutate(buffer, random)
      const captured = (random() & 3) === 0 ? random() % (size + 1) : size
      const length = (random() & 7) === 0 ? random() : size
      const time = (random() & 1023) === 0 ? random() : 1_700_000_000 + round / 1000
      if (decoder.decode(buffer, 0, captured, length, time, LINKS[random() % LINKS.length]!)) advance()
    }
    advance()
    table.flush()
    const undecoded = Object.values(decoder.counters()).reduce((sum, count) => sum + count, 0)
    expect(rows + undecoded).toBe(ROUNDS)
    expect(inFlows).toBe(rows)
    expect(rows).toBeGreaterThan(ROUNDS / 4)
    expect(Object.keys(decoder.counters()).length).toBeLessThan(400)
  })
})
