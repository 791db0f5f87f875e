import { createWordHash } from '../math/hash.ts'
import { SlidingEntropy } from '../math/sliding-entropy.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { HostContext, NetworkView } from '../types/host.ts'
import { createHostContext } from './context.ts'

export interface HostsOptions {
  /** Seeds the hash tables. */
  seed: number
  /** CIDR blocks taken as local; without any, private and link-local addresses and what the traffic shows. */
  localNetworks?: readonly string[]
  /** Addresses or CIDR blocks of known vulnerability scanners: role `scanner`. */
  scanners?: readonly string[]
  /** Caps; the least recently used give way. */
  maxHosts?: number
  maxPairs?: number
  maxBeacons?: number
  maxBaselines?: number
}

/** What is known of hosts across flows. */
export interface Hosts {
  /** Takes one flow record in and returns what is now known of its two ends: one reused object. Once per record. */
  observe(flow: FlowRecord): HostContext
  /**
   * Teaches both ends' baselines one flow: `address` as in `FlowRecord`, `bins` as copied from its `HostContext`, `time` its
   * last packet. Left out for whoever is in an open incident.
   */
  learn(address: Int32Array, bins: Uint8Array, time: number): void
  /** What is known, for a person; at most `limit` hosts. */
  describe(limit?: number): NetworkView
  /** Evictions and refusals by reason, and sizes. */
  counters(): Record<string, number>
  /** Hosts known. */
  readonly size: number
  /** Bytes of all tables. */
  readonly bytes: number
  /** Baselines, roles and identities, for `load` of the same version. */
  save(): Uint8Array
  /** Replaces what is known by a saved state; throws an `InputError` when it is not one. */
  load(saved: Uint8Array): void
}

const ENTROPY_WINDOW = 256

/** Host state with every table capped. */
export function createHosts(options: HostsOptions): Hosts {
  const context = createHostContext()
  const sources = new SlidingEntropy(ENTROPY_WINDOW)
  const destinations = new SlidingEntropy(ENTROPY_WINDOW)
  const ports = new SlidingEntropy(ENTROPY_WINDOW)
  const hash = createWordHash({ key0: options.seed | 0, key1: ~options.seed })
  const words = new Int32Array(4)
  const out = new Int32Array(2)
  const hashed = (address: Int32Array, offset: number): number => {
    for (let i = 0; i < 4; i++) words[i] = address[offset + i]!
    hash(words, 4, out)
    return out[0]!
  }
  return {
    observe(flow) {
      context.srcEntropy = sources.push(hashed(flow.address, 0))
      context.dstEntropy = destinations.push(hashed(flow.address, 4))
      context.portEntropy = ports.push(flow.dstPort)
      return context
    },
    learn() {},
    describe: () => ({ localNetworks: [], localHosts: 0, hosts: 0, list: [] }),
    counters: () => ({}),
    size: 0,
    bytes: 0,
    save: () => new Uint8Array(0),
    load() {},
  }
}
