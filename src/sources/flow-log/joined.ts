import type { Alert } from '../../types/alert.ts'
import type { FlowRecord } from '../../types/flow.ts'
import { NamesGatherer } from './names.ts'

/** Flows of which something is known before they are told of themselves. */
const CAPACITY = 65_536
/** Alerts kept of one flow. */
const ALERTS_MAX = 8

/** What lines other than its own tell of one flow. */
export interface Told {
  readonly gathered: NamesGatherer
  /** At most 8, first told first. */
  readonly alerts: Alert[]
  /** The flow as far as those lines tell it; null when they do not. */
  record: FlowRecord | null
}

/**
 * What is told of flows by key, held until the flow's own line takes it. At the cap what has waited longest gives way, and
 * is counted.
 */
export class Joined {
  /** Given what nobody took. */
  orphan: (told: Told) => void = () => {}
  readonly #capacity: number
  readonly #waiting = new Map<string, Told>()
  #overflow = 0
  #unmatched = 0
  #surplus = 0

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity
  }

  get isFull(): boolean {
    return this.#waiting.size >= this.#capacity
  }

  /** What is told of the flow `key`, to be added to. */
  at(key: string): Told {
    const known = this.#waiting.get(key)
    if (known !== undefined) return known
    if (this.isFull) this.#release()
    const told = { gathered: new NamesGatherer(), alerts: [], record: null }
    this.#waiting.set(key, told)
    return told
  }

  alert(told: Told, alert: Alert): void {
    if (told.alerts.some(({ id }) => id === alert.id)) return
    if (told.alerts.length < ALERTS_MAX) told.alerts.push(alert)
    else this.#surplus++
  }

  /** Adds to `record` what was told of the flow `key`. */
  take(key: string, record: FlowRecord): void {
    const told = this.#waiting.get(key)
    record.names = told?.gathered.names() ?? null
    record.alerts = told !== undefined && told.alerts.length > 0 ? told.alerts : null
    if (told !== undefined) this.#waiting.delete(key)
  }

  /** Gives up waiting for the flow `key`: what is told of it is all there is. */
  release(key: string): void {
    const told = this.#waiting.get(key)
    if (told === undefined) return
    this.#waiting.delete(key)
    this.orphan(told)
  }

  /** The input is over: nobody will take what is left. */
  end(): void {
    for (const told of this.#waiting.values()) {
      if (told.record === null) this.#unmatched++
      this.orphan(told)
    }
    this.#waiting.clear()
  }

  counters(): Record<string, number> {
    return {
      'join-overflow': this.#overflow,
      'no-flow-to-join': this.#unmatched,
      'too-many-alerts': this.#surplus,
    }
  }

  #release(): void {
    const [key, told] = this.#waiting.entries().next().value!
    this.#waiting.delete(key)
    this.#overflow++
    this.orphan(told)
  }
}
