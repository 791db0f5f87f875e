import { copyFlowRecord, createFlowRecord } from '../../net/flow-record.ts'
import type { FlowRecord } from '../../types/flow.ts'

/** Records that wait at most. */
const CAPACITY = 65_536

/**
 * Hands records on by the time they ended, as a meter would: a log has them in the order they were written. What comes
 * later than `capacity` records after its place is handed on as it comes. Records of one time keep their order.
 */
export class TimeOrder {
  readonly #take: (record: FlowRecord) => void
  readonly #capacity: number
  /** A binary heap: the record that ended first is at 0. Records are made as they are needed, and reused. */
  readonly #heap: FlowRecord[] = []
  readonly #free: FlowRecord[] = []
  #spare = createFlowRecord()

  constructor(take: (record: FlowRecord) => void, capacity = CAPACITY) {
    this.#take = take
    this.#capacity = capacity
  }

  /** Takes a copy of `record`, which has a `frame` of its own. */
  push(record: FlowRecord): void {
    if (this.#heap.length === this.#capacity) this.#handOn()
    this.#rise(copyFlowRecord(record, this.#spare))
    this.#spare = this.#free.pop() ?? createFlowRecord()
  }

  /** Hands on everything that waits. */
  flush(): void {
    while (this.#heap.length > 0) this.#handOn()
  }

  #handOn(): void {
    const first = this.#heap[0]!
    const last = this.#heap.pop()!
    if (this.#heap.length > 0) this.#sink(last)
    this.#take(first)
    this.#free.push(first)
  }

  #rise(record: FlowRecord): void {
    const heap = this.#heap
    let at = heap.length
    for (let parent = (at - 1) >> 1; at > 0 && precedes(record, heap[parent]!); parent = (at - 1) >> 1) {
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = record
  }

  /** Puts `record` at the root and lets it find its place. */
  #sink(record: FlowRecord): void {
    const heap = this.#heap
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && precedes(heap[child + 1]!, heap[child]!)) child++
      if (!precedes(heap[child]!, record)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = record
  }
}

function precedes(a: FlowRecord, b: FlowRecord): boolean {
  return a.last !== b.last ? a.last < b.last : a.frame < b.frame
}
