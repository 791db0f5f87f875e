import { PROTOCOL } from '../net/flow-record.ts'
import type { FlowRecord } from '../types/flow.ts'
import { addressKey } from './members.ts'

/** Names one incident is known by at most. */
const NAMES = 256

/**
 * Incidents by what ARP claims: the address is whose name is used, the link address who uses it. One device in two names, and
 * two devices in one, are the same story.
 */
export interface Claims<T> {
  /** The incident of this type that the claim is part of; undefined for what is no claim. */
  find(type: string, flow: FlowRecord): T | undefined
  note(type: string, flow: FlowRecord, entry: T): void
  forget(entry: T): void
}

/** Starts without any. */
export function createClaims<T>(): Claims<T> {
  const entries = new Map<string, T>()
  const names = new Map<T, Set<string>>()
  return {
    find(type, flow) {
      if (flow.protocol !== PROTOCOL.arp) return undefined
      return entries.get(byDevice(type, flow)) ?? entries.get(byAddress(type, flow))
    },
    note(type, flow, entry) {
      if (flow.protocol !== PROTOCOL.arp) return
      const known = names.get(entry) ?? new Set()
      names.set(entry, known)
      for (const name of [byDevice(type, flow), byAddress(type, flow)]) {
        if (known.size >= NAMES || entries.has(name)) continue
        entries.set(name, entry)
        known.add(name)
      }
    },
    forget(entry) {
      for (const name of names.get(entry) ?? []) entries.delete(name)
      names.delete(entry)
    },
  }
}

function byDevice(type: string, { srcMac }: FlowRecord): string {
  return `${type}|device|${srcMac}`
}

function byAddress(type: string, { address }: FlowRecord): string {
  return `${type}|address|${addressKey(address, 0)}`
}
