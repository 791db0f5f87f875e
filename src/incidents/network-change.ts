import type { FlowRecord } from '../types/flow.ts'
import type { Finding } from '../types/verdict.ts'
import { addressKey } from './members.ts'

/** More than this share of the local hosts at once, and never fewer than so many, is not their doing but the network's. */
const EVERYBODY = 0.15
const FEWEST = 4
/** Seconds in which they count as being at once. */
const AT_ONCE = 600
/** In the first hour all is new, and says nothing. */
const SETTLED = 3_600

/** What an incident of the network as a whole is called, and what to do about it. */
export const NETWORK_CHANGED: Finding = {
  type: 'Network Changed',
  attack: [],
  level: 'low',
  by: 'network',
  response:
    'Find out what was rolled out: many hosts began to do something new at once. It is being learned as normal.',
}

/** Tells what one host does from what all of them begin to do, by those whose flows only the models object to. */
export interface NetworkChange {
  /**
   * The source of this flow, one of ours, is behind evidence that passed the limit. Whether it is one of so many of the
   * `localHosts` that the network has changed, after `age` seconds of watching it.
   */
  add(flow: FlowRecord, time: number, localHosts: number, age: number): boolean
}

/** Remembers `cap` hosts; at the cap the one heard of longest ago is let go. */
export function createNetworkChange(cap: number): NetworkChange {
  /** In the order of their times. */
  const times = new Map<number, number>()
  return {
    add(flow, time, localHosts, age) {
      const key = addressKey(flow.address, 0)
      times.delete(key)
      times.set(key, time)
      for (const [old, added] of times) {
        if (time - added <= AT_ONCE && times.size <= cap) break
        times.delete(old)
      }
      return age > SETTLED && times.size >= FEWEST && times.size > EVERYBODY * localHosts
    },
  }
}
