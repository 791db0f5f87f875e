import type { PackedArray, Unpacked } from '../math/packed.ts'
import { type Rows, widened } from '../math/rows.ts'
import { ROLES, type Role } from '../types/host.ts'

/** What a host is seen doing, a counter each. */
export const ORIGINATED = 0
export const SERVED = 1
export const SERVED_DNS = 2
export const SERVED_TIME = 3
export const TO_GROUP = 4
const KINDS = 5

/** Sums are halved here, so that a role follows about the last 500 flows. */
const MEMORY = 512
/** Looked at after so many flows at first, and after every 16. */
const EARLY = [2, 4, 8]
const EVERY = 16
/** A host that has a role takes another when that was found so many times in a row. */
const PERSISTENCE = 3
/** An appliance: known for half an hour and still with no more destinations than this in an hour. */
const STEADY_AGE = 1800
const STEADY_FANOUT = 4
const UNKNOWN = ROLES.indexOf('unknown')

/** What else a role depends on. */
export interface RoleFacts {
  /** ARP shows it behind the link address of a router. */
  isGateway: boolean
  local: boolean
  /** Seconds since first seen. */
  age: number
  /** Distinct destinations in the last hour. */
  fanout: number
}

/** The role of each host, from what it did of late, with hysteresis. */
export class Roles implements Rows {
  private counts = new Uint16Array(0)
  private roles = new Uint8Array(0)
  private candidates = new Uint8Array(0)
  private streaks = new Uint8Array(0)

  get bytes(): number {
    return this.counts.byteLength + 3 * this.roles.byteLength
  }

  of(row: number): Role {
    return ROLES[this.roles[row]!]!
  }

  /** Counts one more deed of a host. Returns true when it is time to `review` its role. */
  note(row: number, kind: number): boolean {
    const at = row * KINDS
    this.counts[at + kind]!++
    if (kind !== ORIGINATED && kind !== SERVED) return false
    const total = this.counts[at + ORIGINATED]! + this.counts[at + SERVED]!
    if (total >= MEMORY) for (let i = at; i < at + KINDS; i++) this.counts[i]! >>= 1
    return total % EVERY === 0 || EARLY.includes(total)
  }

  review(row: number, facts: RoleFacts): void {
    const found = ROLES.indexOf(this.infer(row, facts))
    if (found === this.candidates[row]) this.streaks[row] = Math.min(PERSISTENCE, this.streaks[row]! + 1)
    else {
      this.candidates[row] = found
      this.streaks[row] = 1
    }
    if (this.roles[row] === UNKNOWN || this.streaks[row]! >= PERSISTENCE) this.roles[row] = found
  }

  /** Sets a role known by other means. */
  set(row: number, role: Role): void {
    this.roles[row] = ROLES.indexOf(role)
  }

  resize(capacity: number): void {
    this.counts = widened(this.counts, capacity * KINDS)
    this.roles = widened(this.roles, capacity)
    this.candidates = widened(this.candidates, capacity)
    this.streaks = widened(this.streaks, capacity)
  }

  clear(row: number): void {
    this.counts.fill(0, row * KINDS, (row + 1) * KINDS)
    this.roles[row] = UNKNOWN
    this.candidates[row] = UNKNOWN
    this.streaks[row] = 0
  }

  /** Roles of the first `rows` hosts and what they rest on. */
  save(rows: number): Record<string, PackedArray> {
    return { roles: this.roles.slice(0, rows), deeds: this.counts.slice(0, rows * KINDS) }
  }

  /** Gives hosts their saved roles: what was row n when saved is row `rows[n]` now. */
  restore(rows: Int32Array, saved: Unpacked): void {
    const roles = saved.take('roles', Uint8Array, rows.length)
    const deeds = saved.take('deeds', Uint16Array, rows.length * KINDS)
    rows.forEach((row, at) => {
      this.roles[row] = roles[at]! < ROLES.length ? roles[at]! : UNKNOWN
      for (let i = 0; i < KINDS; i++) this.counts[row * KINDS + i] = Math.min(MEMORY, deeds[at * KINDS + i]!)
    })
  }

  private infer(row: number, { isGateway, local, age, fanout }: RoleFacts): Role {
    if (isGateway) return 'gateway'
    const at = row * KINDS
    const originated = this.counts[at + ORIGINATED]!
    const served = this.counts[at + SERVED]!
    const dns = this.counts[at + SERVED_DNS]!
    const time = this.counts[at + SERVED_TIME]!
    // A resolver asks others too, about as often as it is asked.
    if (2 * dns > served && 8 * dns >= originated) return 'resolver'
    if (time > 0 && 5 * time >= 4 * served && 2 * time >= originated) return 'time-server'
    if (originated + served < 8) return 'unknown'
    if (served > 2 * originated) return 'server'
    if (5 * this.counts[at + TO_GROUP]! >= 4 * originated) return 'broadcast-talker'
    if (local && age >= STEADY_AGE && fanout <= STEADY_FANOUT) return 'iot'
    return 'client'
  }
}
