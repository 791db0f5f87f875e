import { EntityTable } from '../math/entity-table.ts'
import { pack, unpack } from '../math/packed.ts'

/** Flows of one host that are remembered, and of one role. */
const OWN = 400
const ROLE = 2_048
/** What a host's role says counts as much as so many flows of its own: a new host is judged by its role, a known one by itself. */
const PRIOR = 2
/** Levels are quarters of -ln p, as far as 1e-7. */
const PER_NAT = 4
const MOST = 63
const LEVELS = MOST + 1

export interface HostRanksOptions {
  seed: number
  /** Hosts remembered; at the cap the one least is known of gives way. */
  cap: number
  roles: number
}

/**
 * Ranks a flow among the last ones of its own host. What is rare in the network may be a host's habit: taking the larger of
 * both chances, habit alone never adds up to an incident.
 */
export interface HostRanks {
  /** Chance that a normal flow of this host, of this role, is as strange as this one, which has `p` in the network; at least `p`. */
  p(words: Int32Array, offset: number, role: number, p: number): number
  /** Takes a flow of level `levelOf(p)` into the host's past. */
  learn(words: Int32Array, offset: number, role: number, level: number): void
  counters(): Record<string, number>
  readonly bytes: number
  /** All that is remembered, for `restore`, which throws an `InputError` on anything else. */
  save(): Uint8Array
  restore(saved: Uint8Array): void
}

/** What is remembered of a p-value: how strange, 0 to 63. */
export function levelOf(p: number): number {
  return Math.min(MOST, Math.floor(-PER_NAT * Math.log(p)))
}

const KIND = 'host-ranks'
const VERSION = 1

/** 550 bytes a host. */
export function createHostRanks({ seed, cap, roles }: HostRanksOptions): HostRanks {
  const table = new EntityTable(seed, cap)
  const own = createRings(table.size, OWN)
  const common = createRings(roles, ROLE)
  return {
    p(words, offset, role, p) {
      const level = levelOf(p)
      const slot = table.find(words, offset)
      const usual = (1 + common.reached(role, level)) / (1 + common.filled[role]!)
      if (slot < 0) return Math.max(p, usual)
      return Math.max(p, (own.reached(slot, level) + PRIOR * usual) / (own.filled[slot]! + PRIOR))
    },
    learn(words, offset, role, level) {
      const slot = table.claim(words, offset, own.filled)
      if (table.created) own.clear(slot)
      own.push(slot, level)
      common.push(role, level)
    },
    counters: () => ({ hosts_ranked: table.held, hosts_ranked_evicted: table.evicted }),
    bytes: table.bytes + own.bytes + common.bytes,
    save() {
      const { slots, words } = table.taken()
      const rings = new Uint8Array(slots.length * OWN)
      slots.forEach((slot, i) => {
        rings.set(own.oldestFirst(slot), i * OWN)
      })
      const filled = Uint16Array.from(slots, (slot) => own.filled[slot]!)
      const ofRoles = new Uint8Array(roles * ROLE)
      for (let role = 0; role < roles; role++) ofRoles.set(common.oldestFirst(role), role * ROLE)
      const roleFilled = Uint16Array.from(common.filled)
      return pack(KIND, VERSION, { note: null, arrays: { words, rings, filled, ofRoles, roleFilled } })
    },
    restore(bytes) {
      const saved = unpack(KIND, VERSION, bytes)
      const filled = saved.take('filled', Uint16Array)
      const words = saved.take('words', Int32Array, filled.length * 4)
      const rings = saved.take('rings', Uint8Array, filled.length * OWN)
      const ofRoles = saved.take('ofRoles', Uint8Array, roles * ROLE)
      const roleFilled = saved.take('roleFilled', Uint16Array, roles)
      filled.forEach((count, i) => {
        const slot = table.claim(words, i * 4, own.filled)
        own.fill(slot, rings.subarray(i * OWN, i * OWN + Math.min(count, OWN)))
      })
      roleFilled.forEach((count, role) => {
        common.fill(role, ofRoles.subarray(role * ROLE, role * ROLE + Math.min(count, ROLE)))
      })
    },
  }
}

/** Rings of levels, `count` of them, each as long as `length`, that know without a look how many reach a level. */
function createRings(count: number, length: number) {
  const levels = new Uint8Array(count * length)
  const next = new Uint16Array(count)
  const tails = new Uint16Array(count * LEVELS)
  /** Bytes each holds. */
  const filled = new Uint16Array(count)

  /** One level comes where another was, or none (-1). */
  const replace = (ring: number, before: number, level: number): void => {
    const from = ring * LEVELS
    for (let i = before + 1; i <= level; i++) tails[from + i]!++
    for (let i = level + 1; i <= before; i++) tails[from + i]!--
  }
  return {
    filled,
    bytes: levels.byteLength + next.byteLength + filled.byteLength + tails.byteLength,
    /** How many in a ring are at least `level`. */
    reached(ring: number, level: number): number {
      return tails[ring * LEVELS + level]!
    },
    push(ring: number, level: number): void {
      const place = ring * length + next[ring]!
      if (filled[ring]! < length) {
        filled[ring]!++
        replace(ring, -1, level)
      } else replace(ring, levels[place]!, level)
      levels[place] = level
      next[ring] = (next[ring]! + 1) % length
    },
    clear(ring: number): void {
      next[ring] = 0
      filled[ring] = 0
      tails.fill(0, ring * LEVELS, (ring + 1) * LEVELS)
    },
    oldestFirst(ring: number): Uint8Array {
      const count = filled[ring]!
      const from = count < length ? 0 : next[ring]!
      return Uint8Array.from({ length: count }, (_, i) => levels[ring * length + ((from + i) % length)]!)
    },
    fill(ring: number, from: Uint8Array): void {
      const held = from.map((level) => Math.min(level, MOST))
      levels.set(held, ring * length)
      next[ring] = from.length % length
      filled[ring] = from.length
      tails.fill(0, ring * LEVELS, (ring + 1) * LEVELS)
      for (const level of held) replace(ring, -1, level)
    },
  }
}
