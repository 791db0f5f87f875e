import type { FlowRecord } from '../../types/flow.ts'
import { enlarged } from './groups.ts'

const WORDS = 8

/** Where a group's evidence began: when, and between whom. */
export interface Beginning {
  /** Start of that flow, epoch seconds. */
  readonly time: number
  /** As in `FlowRecord`. */
  readonly address: Int32Array
}

/** The first flow of each slot since it was last quiet. */
export class Beginnings {
  private times = new Float64Array(0)
  private words = new Int32Array(0)

  set(slot: number, flow: FlowRecord): void {
    if (slot >= this.times.length) this.grow(slot)
    this.times[slot] = flow.first
    for (let i = 0; i < WORDS; i++) this.words[slot * WORDS + i] = flow.address[i]!
  }

  get bytes(): number {
    return this.times.byteLength + this.words.byteLength
  }

  of(slot: number): Beginning {
    return { time: this.times[slot]!, address: this.words.slice(slot * WORDS, (slot + 1) * WORDS) }
  }

  private grow(slot: number): void {
    const capacity = Math.max(1024, 2 ** Math.ceil(Math.log2(slot + 1)))
    this.times = enlarged(this.times, new Float64Array(capacity))
    this.words = enlarged(this.words, new Int32Array(capacity * WORDS))
  }
}
