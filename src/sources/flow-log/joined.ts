import type { Alert } from '../../types/alert.ts'
import type { FlowRecord } from '../../types/flow.ts'
import { NamesGatherer } from './names.ts'

/** Flows of which something is known before they are told of themselves. */
const CAPACITY = 65_536
/** Alerts kept of one flow. */
const ALERTS_MAX = 8
/** Seconds after which a flow does not bring up again what was told of it while it went on. */
const LATE = 1_800

/** What lines other than its own tell of one flow. */
export interface Told {
  readonly gathered: NamesGatherer
  /** At most 8, first told first. */
  readonly alerts: Alert[]
  /** The flow as far as those lines tell it; null when they do not. */
  record: FlowRecord | null
  /** Alerts that were told of already, ahead of the flow. */
  told: number
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
  /** Those with alerts that were not told of yet. */
  readonly #alerted = new Set<Told>()
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
    const told = { gathered: new NamesGatherer(), alerts: [], record: null, told: 0 }
    this.#waiting.set(key, told)
    return told
  }

  alert(told: Told, alert: Alert): void {
    if (told.alerts.some(({ id }) => id === alert.id)) return
    if (told.alerts.length < ALERTS_MAX) told.alerts.push(alert)
    else this.#surplus++
    this.#alerted.add(told)
  }

  /**
   * Hands on what alerts tell of flows that still go on, for those may be logged hours later, if ever: an alert does not wait. The
   * flow is handed on once more, with its alerts, when it is over.
   */
  tellAlerts(): void {
    for (const told of this.#alerted) this.#orphan(told)
    this.#alerted.clear()
  }

  /** Adds to `record` what was told of the flow `key`. */
  take(key: string, record: FlowRecord): void {
    const told = this.#waiting.get(key)
    record.names = told?.gathered.names() ?? null
    record.alerts = told === undefined || told.alerts.length === 0 || isStale(told, record) ? null : told.alerts
    if (told !== undefined) this.#forget(key, told)
  }

  /** Gives up waiting for the flow `key`: what is told of it is all there is. */
  release(key: string): void {
    const told = this.#waiting.get(key)
    if (told === undefined) return
    this.#forget(key, told)
    this.orphan(told)
  }

  /** The input is over: nobody will take what is left. */
  end(): void {
    for (const told of this.#waiting.values()) {
      if (told.record === null) this.#unmatched++
      this.#orphan(told)
    }
    this.#waiting.clear()
    this.#alerted.clear()
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
    this.#forget(key, told)
    this.#overflow++
    this.#orphan(told)
  }

  #forget(key: string, told: Told): void {
    this.#waiting.delete(key)
    this.#alerted.delete(told)
  }

  /** Gives away what nobody took, unless all there is to say was said. */
  #orphan(told: Told): void {
    if (told.told > 0 && told.told === told.alerts.length) return
    told.told = told.alerts.length
    this.orphan(told)
  }
}

/** Whether all alerts were told of long before the flow ended. */
function isStale({ alerts, record, told }: Told, { last }: FlowRecord): boolean {
  return told === alerts.length && record !== null && last - record.last > LATE
}
