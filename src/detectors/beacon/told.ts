import { createWordHash } from '../../math/hash.ts'
import type { FlowRecord } from '../../types/flow.ts'

export interface ToldOptions {
  seed: number
  /** Things remembered, rounded up to a power of two; the newest wins its place. */
  cap: number
  /** Seconds between two flows that are still one story. */
  pause: number
  /** Seconds of silence about it after which the same thing is told again. */
  again: number
}

/** Remembers what was told of which service (both hosts, responder's port, protocol). */
export interface Told {
  /** Whether this flow goes on with a story told within the last `pause`. */
  goesOn(flow: FlowRecord): boolean
  /** True, and remembered, for what is new, goes on, or was not told for as long as `again`. */
  tell(flow: FlowRecord): boolean
  readonly bytes: number
  counters(): Record<string, number>
}

/** One slot a hash: no growth, no scan. */
export function createTold({ seed, cap, pause, again }: ToldOptions): Told {
  const slots = 2 ** Math.ceil(Math.log2(Math.max(1, cap)))
  const hash = createWordHash({ key0: seed | 0, key1: 0x746f6c64 })
  const key = new Int32Array(9)
  const out = new Int32Array(2)
  const tags = new Int32Array(slots)
  const times = new Float64Array(slots).fill(Number.NEGATIVE_INFINITY)
  let silenced = 0
  let replaced = 0

  const slotOf = (flow: FlowRecord): number => {
    for (let i = 0; i < 8; i++) key[i] = flow.address[i]!
    key[8] = (flow.protocol << 16) | flow.dstPort
    hash(key, 9, out)
    return out[0]! & (slots - 1)
  }

  return {
    goesOn(flow) {
      const slot = slotOf(flow)
      return tags[slot] === out[1] && flow.last - times[slot]! <= pause
    },
    tell(flow) {
      const slot = slotOf(flow)
      const silence = flow.last - times[slot]!
      const isKnown = tags[slot] === out[1]
      if (isKnown && silence > pause && silence < again) {
        silenced++
        return false
      }
      if (!isKnown && silence < again) replaced++
      tags[slot] = out[1]!
      times[slot] = flow.last
      return true
    },
    bytes: tags.byteLength + times.byteLength,
    counters: () => ({ told_before: silenced, told_replaced: replaced }),
  }
}
