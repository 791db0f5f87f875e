import { createWordHash } from '../math/hash.ts'

/** Entities that share a bucket; at the cap the one with the least evidence gives way. */
const WAYS = 8

export interface EvidenceOptions {
  seed: number
  /** Entities held, rounded up to a power of two. */
  cap: number
}

/**
 * What each host's flows add up to: an e-process per host, M <- max(1, M) * e, kept as its logarithm. While a host behaves,
 * the chance that M ever passes x within n flows is at most n / x, whatever the order of its flows (Shin, Ramdas, Rinaldo:
 * e-detectors).
 */
export interface Evidence {
  /** Multiplies the e-value exp(`logE`) into the host at `words[offset]`; returns log M. */
  add(words: Int32Array, offset: number, logE: number): number
  /** Takes the host's evidence back to nothing. */
  forget(words: Int32Array, offset: number): void
  counters(): Record<string, number>
}

/** A set-associative table of fixed size: no growth, no scan, and a host with evidence outlives those without. */
export function createEvidence({ seed, cap }: EvidenceOptions): Evidence {
  const buckets = 2 ** Math.ceil(Math.log2(Math.max(WAYS, cap) / WAYS))
  const keys = new Int32Array(buckets * WAYS * 4)
  const used = new Uint8Array(buckets * WAYS)
  const logs = new Float64Array(buckets * WAYS)
  const hash = createWordHash({ key0: seed | 0, key1: Math.imul(seed, 0x9e3779b9) })
  const key = new Int32Array(4)
  const out = new Int32Array(2)
  let held = 0
  let evicted = 0

  const bucketOf = (words: Int32Array, offset: number): number => {
    for (let i = 0; i < 4; i++) key[i] = words[offset + i]!
    hash(key, 4, out)
    return (out[0]! & (buckets - 1)) * WAYS
  }

  const find = (first: number): number => {
    for (let slot = first; slot < first + WAYS; slot++) {
      const at = slot * 4
      const same = keys[at] === key[0] && keys[at + 1] === key[1] && keys[at + 2] === key[2] && keys[at + 3] === key[3]
      if (same && used[slot] === 1) return slot
    }
    return -1
  }

  const claim = (first: number): number => {
    let least = first
    for (let slot = first; slot < first + WAYS; slot++) {
      if (used[slot] === 0) {
        held++
        least = slot
        break
      }
      if (logs[slot]! < logs[least]!) least = slot
    }
    if (used[least] === 1) evicted++
    used[least] = 1
    keys.set(key, least * 4)
    logs[least] = 0
    return least
  }

  return {
    add(words, offset, logE) {
      const first = bucketOf(words, offset)
      let slot = find(first)
      if (slot < 0) slot = claim(first)
      const log = Math.max(0, logs[slot]!) + logE
      logs[slot] = log
      return log
    },
    forget(words, offset) {
      const slot = find(bucketOf(words, offset))
      if (slot >= 0) logs[slot] = 0
    },
    counters: () => ({ entities: held, evicted_entities: evicted }),
  }
}
