import type { PackedArray, Unpacked } from '../math/packed.ts'
import type { Records } from '../math/records.ts'
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
/** Looked at after 2, 4 and 8 flows, and after every 16. */
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
export class Roles {
  private readonly records: Records
  private readonly deedsAt: number
  /** Role, candidate, and how often in a row that was found. */
  private readonly octetsAt: number

  constructor(records: Records) {
    this.records = records
    this.deedsAt = records.reserveWords(KINDS)
    this.octetsAt = records.reserveOctets(3)
  }

  of(row: number): Role {
    return ROLES[this.records.octets[this.octet(row)]!]!
  }

  /** Counts one more deed of a host. Returns true when it is time to `review` its role. */
  note(row: number, kind: number): boolean {
    const { words } = this.records
    const at = this.deeds(row)
    words[at + kind]!++
    if (kind !== ORIGINATED && kind !== SERVED) return false
    const total = words[at + ORIGINATED]! + words[at + SERVED]!
    if (total >= MEMORY) for (let i = at; i < at + KINDS; i++) words[i]! >>= 1
    return total % EVERY === 0 || total === 2 || total === 4 || total === 8
  }

  review(row: number, facts: RoleFacts): void {
    const { octets } = this.records
    const at = this.octet(row)
    const found = ROLES.indexOf(this.infer(row, facts))
    octets[at + 2] = found === octets[at + 1] ? Math.min(PERSISTENCE, octets[at + 2]! + 1) : 1
    octets[at + 1] = found
    if (octets[at] === UNKNOWN || octets[at + 2]! >= PERSISTENCE) octets[at] = found
  }

  /** Sets a role known by other means. */
  set(row: number, role: Role): void {
    this.records.octets[this.octet(row)] = ROLES.indexOf(role)
  }

  /** Roles of the first `rows` hosts and what they rest on. */
  save(rows: number): Record<string, PackedArray> {
    const roles = new Uint8Array(rows)
    const deeds = new Int32Array(rows * KINDS)
    for (let row = 0; row < rows; row++) {
      roles[row] = this.records.octets[this.octet(row)]!
      deeds.set(this.records.words.subarray(this.deeds(row), this.deeds(row) + KINDS), row * KINDS)
    }
    return { roles, deeds }
  }

  /** Gives hosts their saved roles: what was row n when saved is row `rows[n]` now. */
  restore(rows: Int32Array, saved: Unpacked): void {
    const roles = saved.take('roles', Uint8Array, rows.length)
    const deeds = saved.take('deeds', Int32Array, rows.length * KINDS)
    rows.forEach((row, at) => {
      this.records.octets[this.octet(row)] = roles[at]! < ROLES.length ? roles[at]! : UNKNOWN
      for (let i = 0; i < KINDS; i++) this.records.words[this.deeds(row) + i] = deeds[at * KINDS + i]! & (MEMORY - 1)
    })
  }

  private deeds(row: number): number {
    return row * this.records.wordStride + this.deedsAt
  }

  private octet(row: number): number {
    return row * this.records.octetStride + this.octetsAt
  }

  private infer(row: number, { isGateway, local, age, fanout }: RoleFacts): Role {
    if (isGateway) return 'gateway'
    const { words } = this.records
    const at = this.deeds(row)
    const originated = words[at + ORIGINATED]!
    const served = words[at + SERVED]!
    const dns = words[at + SERVED_DNS]!
    const time = words[at + SERVED_TIME]!
    // A resolver asks others too, about as often as it is asked.
    if (2 * dns > served && 8 * dns >= originated) return 'resolver'
    if (time > 0 && 5 * time >= 4 * served && 2 * time >= originated) return 'time-server'
    if (originated + served < 8) return 'unknown'
    if (served > 2 * originated) return 'server'
    if (5 * words[at + TO_GROUP]! >= 4 * originated) return 'broadcast-talker'
    if (local && age >= STEADY_AGE && fanout <= STEADY_FANOUT) return 'iot'
    return 'client'
  }
}
