import { createFlowTable } from '../src/flows/flow-table.ts'
import { createRandom, integer } from '../src/math/random.ts'
import { PROTOCOL } from '../src/net/flow-record.ts'
import { createPacketBatch, TCP_FLAG } from '../src/net/packet-batch.ts'
import { measure, report } from './measure.ts'

/** Prints what a packet costs in the flow table when its keys are random, and when they are chosen to share a hash. */
const KEYS = 20_000

interface Key {
  source: number
  destination: number
  ports: number
}

/** What many tables use: FNV-1a over the bytes of the words, without a secret. */
function fnv({ source, destination, ports }: Key): number {
  let hash = 0x811c9dc5
  for (const word of [source, destination, ports]) {
    for (let shift = 24; shift >= 0; shift -= 8) hash = Math.imul(hash ^ ((word >>> shift) & 255), 0x01000193)
  }
  return hash >>> 0
}

const random = createRandom(7)
const anyKey = (): Key => ({
  source: (random() * 2 ** 32) | 0,
  destination: (random() * 2 ** 32) | 0,
  ports: (integer(random, 1024, 65_535) << 16) | 443,
})

/** Keys whose unkeyed hash agrees in its last eight bits: as many as a machine finds in a moment. */
function colliding(): Key[] {
  const keys: Key[] = []
  while (keys.length < KEYS) {
    const key = anyKey()
    if ((fnv(key) & 0xff) === 0) keys.push(key)
  }
  return keys
}

function patterned(of: (i: number) => Key): Key[] {
  return Array.from({ length: KEYS }, (_, i) => of(i))
}

// The first table of a process is compiled for itself alone, which no later one is.
bench('random keys, in the first table', patterned(anyKey))
const usual = bench('random keys', patterned(anyKey))
const chosen = [
  bench('keys whose FNV-1a hashes collide', colliding()),
  bench(
    'one source, one destination, ports in order',
    patterned((i) => ({ source: 1, destination: 2, ports: (i << 16) | 80 })),
  ),
  bench(
    'addresses in steps of 65,536',
    patterned((i) => ({ source: i << 16, destination: 9, ports: 0x1f900050 })),
  ),
  bench(
    'addresses that mirror each other',
    patterned((i) => ({ source: i, destination: ~i, ports: 0x1f900050 })),
  ),
]
report('the worst of the chosen keys / random ones', [Math.max(...chosen) / usual], 'x')

function bench(name: string, keys: readonly Key[]): number {
  const table = createFlowTable({ halfOpen: 3_600, seed: 11 }, () => {})
  const batch = createPacketBatch()
  let time = 1_700_000_000
  return measure(`${name}: a packet`, KEYS, () => {
    for (let from = 0; from < KEYS; from += batch.capacity) {
      batch.count = Math.min(batch.capacity, KEYS - from)
      for (let row = 0; row < batch.count; row++) {
        const { source, destination, ports } = keys[from + row]!
        batch.address.set([0, 0, 0xffff, source, 0, 0, 0xffff, destination], row * 8)
        batch.ports[row] = ports
        batch.protocol[row] = PROTOCOL.tcp
        batch.flags[row] = TCP_FLAG.syn
        batch.length[row] = 40
        batch.time[row] = time += 1e-6
      }
      table.add(batch)
    }
  })
}
