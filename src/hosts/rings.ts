import { type Rows, widened } from '../math/rows.ts'

/** Buckets of a sliding window: the newest fills up, the three before it are whole. */
export const BUCKETS = 4

type Cells = Uint32Array | Float64Array

/**
 * Sliding sums, `columns` of them for each row, over the last four buckets up to the row's own newest one. Late additions
 * go to the bucket they belong to, as long as it is still held.
 */
export class Rings implements Rows {
  private readonly columns: number
  /** Bucket number of the newest bucket of each row. */
  private heads = new Int32Array(0)
  private cells: Cells

  constructor(columns: number, cells: Cells) {
    this.columns = columns
    this.cells = cells
  }

  get bytes(): number {
    return this.heads.byteLength + this.cells.byteLength
  }

  /** Opens a bucket of a row to add to, dropping what it pushes out of the window. Returns -1 when it is too late for that. */
  open(row: number, bucket: number): number {
    const head = this.heads[row]!
    if (bucket > head) this.advance(row, head, bucket)
    else if (head - bucket >= BUCKETS) return -1
    return (row * BUCKETS + (bucket & (BUCKETS - 1))) * this.columns
  }

  /** Adds to a column of an opened bucket. */
  add(opened: number, column: number, amount: number): void {
    this.cells[opened + column]! += amount
  }

  /** Sum of a column over the window that ends with the row's newest bucket. */
  sum(row: number, column: number): number {
    const { cells, columns } = this
    const at = row * BUCKETS * columns + column
    return cells[at]! + cells[at + columns]! + cells[at + 2 * columns]! + cells[at + 3 * columns]!
  }

  resize(capacity: number): void {
    this.heads = widened(this.heads, capacity)
    this.cells = widened(this.cells, capacity * BUCKETS * this.columns)
  }

  clear(row: number): void {
    this.heads[row] = 0
    this.cells.fill(0, row * BUCKETS * this.columns, (row + 1) * BUCKETS * this.columns)
  }

  /** Forgets every window, for a clock that was set back. */
  reset(): void {
    this.heads.fill(0)
    this.cells.fill(0)
  }

  private advance(row: number, head: number, bucket: number): void {
    this.heads[row] = bucket
    const { columns } = this
    for (let b = Math.max(head + 1, bucket - BUCKETS + 1); b <= bucket; b++) {
      const at = (row * BUCKETS + (b & (BUCKETS - 1))) * columns
      for (let i = at; i < at + columns; i++) this.cells[i] = 0
    }
  }
}
