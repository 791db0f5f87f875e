/** Bins to a doubling: values are told apart to 3 %, whole numbers below 64 exactly. */
const PER_OCTAVE = 32
/** 2^-16 (below is 0) to 2^48. */
const OCTAVES = 64
const LOWEST = 127 - 16
const SIDE = PER_OCTAVE * OCTAVES
/** Negative values mirror the positive ones. */
const BINS = 2 * SIDE

const FLOAT = new Float32Array(1)
const BITS = new Int32Array(FLOAT.buffer)

/**
 * The distribution of each column over the last `cap` rows: how much of it lies at, below or above a value, and its
 * quantiles. Adding a row and asking about a value take a dozen steps a column (a Fenwick tree over logarithmic bins).
 */
export class TailWindow {
  readonly columns: number
  private readonly rows: Uint16Array
  /** Rows in each bin, and their sums as a Fenwick tree has them. */
  private readonly bins: Uint16Array
  private readonly trees: Uint16Array
  private next = 0
  private count = 0

  /** `cap` is at most 65,535 rows. */
  constructor(columns: number, cap: number) {
    this.columns = columns
    this.rows = new Uint16Array(columns * cap)
    this.bins = new Uint16Array(columns * BINS)
    this.trees = new Uint16Array(columns * BINS)
  }

  /** Rows held. */
  get size(): number {
    return this.count
  }

  /** Takes a row in; at the cap the oldest one leaves. */
  add(values: Float64Array): void {
    const { rows, columns } = this
    const from = this.next * columns
    const full = (this.count + 1) * columns > rows.length
    for (let column = 0; column < columns; column++) {
      if (full) this.change(column, rows[from + column]!, -1)
      const bin = binOf(values[column]!)
      rows[from + column] = bin
      this.change(column, bin, 1)
    }
    if (!full) this.count++
    this.next = (from + columns) % rows.length === 0 ? 0 : this.next + 1
  }

  /** Rows whose value is at most this one, to the width of a bin. */
  atMost(column: number, value: number): number {
    return this.upTo(column, binOf(value))
  }

  /** Rows whose value is at least this one. */
  atLeast(column: number, value: number): number {
    return this.count - this.upTo(column, binOf(value) - 1)
  }

  /** Rows at least as far out as this value on the side where there are fewer. */
  outside(column: number, value: number): number {
    const bin = binOf(value)
    const most = this.upTo(column, bin)
    return Math.min(most, this.count - most + this.bins[column * BINS + bin]!)
  }

  /** Rows with this value. */
  equal(column: number, value: number): number {
    return this.bins[column * BINS + binOf(value)]!
  }

  /** The least value that a share `q` of the rows does not exceed: whole below 64, else the upper end of its bin. */
  quantile(column: number, q: number): number {
    const { trees } = this
    const from = column * BINS - 1
    let left = Math.max(1, Math.ceil(q * this.count))
    let bin = 0
    for (let step = BINS; step >= 1; step >>= 1) {
      const sum = bin + step <= BINS ? trees[from + bin + step]! : Number.POSITIVE_INFINITY
      if (sum < left) {
        bin += step
        left -= sum
      }
    }
    return valueIn(Math.min(bin, BINS - 1))
  }

  /** The rows held, oldest first, as bins: what `restore` takes. */
  toArray(): Uint16Array {
    const { rows, columns, count, next } = this
    if (count * columns < rows.length) return rows.slice(0, count * columns)
    return Uint16Array.from(rows, (_, i) => rows[(next * columns + i) % rows.length]!)
  }

  /** Takes up rows that `toArray` gave, the last ones where there are more than fit. False, changing nothing, on other numbers. */
  restore(saved: Uint16Array): boolean {
    const { rows, columns } = this
    if (saved.length % columns !== 0 || saved.some((bin) => bin >= BINS)) return false
    const kept = saved.subarray(Math.max(0, saved.length - rows.length))
    rows.set(kept)
    this.bins.fill(0)
    for (let i = 0; i < kept.length; i++) this.bins[(i % columns) * BINS + kept[i]!]! += 1
    this.plant()
    this.count = kept.length / columns
    this.next = kept.length === rows.length ? 0 : this.count
    return true
  }

  /** Makes the trees of the bins, each node the sum of what is below it (Fenwick 1994). */
  private plant(): void {
    const { bins, trees } = this
    trees.set(bins)
    for (let from = 0; from < bins.length; from += BINS) {
      for (let i = 1; i <= BINS; i++) {
        const above = i + (i & -i)
        if (above <= BINS) trees[from + above - 1]! += trees[from + i - 1]!
      }
    }
  }

  private change(column: number, bin: number, by: number): void {
    const { bins, trees } = this
    const from = column * BINS - 1
    bins[from + 1 + bin]! += by
    for (let i = bin + 1; i <= BINS; i += i & -i) trees[from + i]! += by
  }

  private upTo(column: number, bin: number): number {
    const { trees } = this
    const from = column * BINS - 1
    let sum = 0
    for (let i = bin + 1; i > 0; i -= i & -i) sum += trees[from + i]!
    return sum
  }
}

/** The leading bits of a float are its place on a logarithmic scale. */
function binOf(value: number): number {
  FLOAT[0] = Math.abs(value)
  const place = Math.max(0, Math.min(SIDE - 1, (BITS[0]! >> 18) - LOWEST * PER_OCTAVE))
  return value < 0 ? SIDE - 1 - place : SIDE + place
}

function valueIn(bin: number): number {
  const place = bin < SIDE ? SIDE - 1 - bin : bin - SIDE
  const value = place === 0 ? 0 : edge(place)
  if (place === 0 || (Number.isInteger(value) && value < 64)) return bin < SIDE ? -value : value
  return bin < SIDE ? -value : edge(place + 1)
}

/** The lower end of a bin. */
function edge(place: number): number {
  BITS[0] = (place + LOWEST * PER_OCTAVE) << 18
  return FLOAT[0]!
}
