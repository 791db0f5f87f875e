import { EntityTable } from '../math/entity-table.ts'

export interface EvidenceOptions {
  seed: number
  /** Entities held, rounded up to a power of two; at the cap the one with the least evidence gives way. */
  cap: number
}

/** What evidence loses in a second, as a logarithm: all but a tenth in an hour. */
const LEAK = Math.LN10 / 3600

/**
 * What each host's flows add up to: an e-process per host, M <- max(1, M) * e, kept as its logarithm. While a host behaves,
 * the chance that M ever passes x within n flows is at most n / x, whatever the order of its flows (Shin, Ramdas, Rinaldo:
 * e-detectors). It leaks, so that what happens once a day never adds up.
 */
export interface Evidence {
  /** Multiplies the e-value exp(`logE`) of a flow at `time` into the host at `words[offset]`; returns log M. */
  add(words: Int32Array, offset: number, logE: number, time: number): number
  /** log M as of the last flow; 0 of a host nothing is held of. */
  of(words: Int32Array, offset: number): number
  /** Takes the host's evidence back to nothing. */
  forget(words: Int32Array, offset: number): void
  readonly bytes: number
  counters(): Record<string, number>
}

/** Holds the evidence of `cap` hosts. */
export function createEvidence({ seed, cap }: EvidenceOptions): Evidence {
  const table = new EntityTable(seed, cap)
  const logs = new Float32Array(table.size)
  const times = new Float64Array(table.size)
  return {
    add(words, offset, logE, time) {
      const slot = table.claim(words, offset, logs)
      const leaked = Math.max(0, time - times[slot]!) * LEAK
      const before = table.created ? 0 : Math.max(0, logs[slot]! - leaked)
      logs[slot] = before + logE
      times[slot] = time
      return logs[slot]!
    },
    of(words, offset) {
      const slot = table.find(words, offset)
      return slot < 0 ? 0 : logs[slot]!
    },
    forget(words, offset) {
      const slot = table.find(words, offset)
      if (slot >= 0) logs[slot] = 0
    },
    bytes: table.bytes + logs.byteLength + times.byteLength,
    counters: () => ({ entities: table.held, evicted_entities: table.evicted }),
  }
}
