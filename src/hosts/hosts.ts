import { parseAddress } from '../net/address.ts'
import type { FlowRecord } from '../types/flow.ts'
import type { HostContext, NetworkView } from '../types/host.ts'
import { describeNetwork, nameOf } from './describe.ts'
import { Observer } from './observer.ts'
import { loadObserver, saveObserver } from './saved.ts'

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
  /** Takes one flow record in and returns what is now known of its two ends: one object, reused until `load`. */
  observe(flow: FlowRecord): HostContext
  /**
   * Teaches both ends' baselines one flow: `address` as in `FlowRecord`, `bins` as copied from its `HostContext`, `time` its
   * last packet. Left out for whoever is in an open incident.
   */
  learn(address: Int32Array, bins: Uint8Array, time: number): void
  /** What is known, for a person; at most `limit` hosts. */
  describe(limit?: number): NetworkView
  /** What the host with an address calls itself, `''` when it did not say or is elsewhere. */
  nameOf(address: string): string
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

const DEFAULTS = {
  localNetworks: [],
  scanners: [],
  maxHosts: 65_536,
  maxPairs: 65_536,
  maxBeacons: 12_288,
  maxBaselines: 12_288,
}
const MAX_DEVICES = 16_384
const MAX_BITMAPS = 8192

/** Host state with every table capped. A wrong address block throws an `InputError`. */
export function createHosts(options: HostsOptions): Hosts {
  const settings = { ...DEFAULTS, maxDevices: MAX_DEVICES, maxBitmaps: MAX_BITMAPS, ...options }
  let observer = new Observer(settings)
  const words = new Int32Array(4)
  return {
    observe: (flow) => observer.observe(flow),
    learn: (address, bins, time) => observer.learn(address, bins, time),
    describe: (limit = 500) => describeNetwork(observer, limit),
    nameOf(address) {
      const row = parseAddress(address, words) ? observer.ends.find(words, 0) : -1
      return row < 0 ? '' : (nameOf(observer, row)?.name ?? '')
    },
    counters: () => observer.counters(),
    get size() {
      return observer.population.table.size
    },
    get bytes() {
      return observer.bytes
    },
    save: () => saveObserver(observer, settings.seed),
    load(saved) {
      const loaded = new Observer(settings)
      loadObserver(loaded, settings.seed, saved)
      observer = loaded
    },
  }
}
