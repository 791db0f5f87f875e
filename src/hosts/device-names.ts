import type { FlowRecord } from '../types/flow.ts'

/** Devices whose name is remembered; the one named longest ago gives way. */
const CAP = 4096
/** Characters of the longest name shown. */
const LENGTH_MAX = 63

/** What devices call themselves when they ask for an address (DHCP option 12), by link address. */
export class DeviceNames {
  readonly #byMac = new Map<number, string>()

  get size(): number {
    return this.#byMac.size
  }

  /** Takes the name a DHCP client gives of itself: only its own flows, which come from its link address. */
  observe({ names, srcMac }: FlowRecord): void {
    const name = names?.dhcpHost
    if (name === undefined || name === '' || srcMac === 0) return
    this.#byMac.delete(srcMac)
    this.#byMac.set(srcMac, name.slice(0, LENGTH_MAX))
    if (this.#byMac.size > CAP) this.#byMac.delete(this.#byMac.keys().next().value!)
  }

  /** The name of the device with a link address; null when it gave none. */
  of(mac: number): string | null {
    return this.#byMac.get(mac) ?? null
  }
}
