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

/** Bins are summed by sixteens, and those sums by sixteens again. */
const BRANCH = 4
const BLOCKS = BINS >> BRANCH
const SUPERS = BLOCKS >> BRANCH
const LAST = (1 << BRANCH) - 1

/**
 * The distribution of each column over the last `cap` rows: how much of it lies at, below or above a value, and its
 * quantiles. Asking about a value takes three steps a column, whatever the window: sums are kept as they are asked for, over
 * logarithmic bins in a tree of sixteen branches.
 */
export class TailWindow {
  readonly columns: number
  private readonly rows: Uint16Array
  /** Rows in the bins of the same block up to this one; in the blocks of the same super block before this one; before it. */
  private readonly inBlock: Uint16Array
  private readonly inSuper: Uint16Array
  private readonly before: Uint16Array
  private next = 0
  private count = 0

  /** `cap` is at most 65,535 rows. */
  constructor(columns: number, cap: number) {
    this.columns = columns
    this.rows = new Uint16Array(columns * cap)
    this.inBlock = new Uint16Array(columns * BINS)
    this.inSuper = new Uint16Array(columns * BLOCKS)
    this.before = new Uint16Array(columns * SUPERS)
  }

  /** Rows held. */
  get size(): number {
    return this.count
  }

  get bytes(): number {
    return this.rows.byteLength + this.inBlock.byteLength + this.inSuper.byteLength + this.before.byteLength
  }

  /** Takes a row in; at the cap the oldest one leaves. */
  add(values: Float64Array): void {
    const { rows, columns } = this
    const from = this.next * columns
    const full = (this.count + 1) * columns > rows.length
    for (let column = 0; column < columns; column++) {
      const bin = binOf(values[column]!)
      const old = rows[from + column]!
      // Most columns have few values: often one leaves that comes again.
      if (full && old === bin) continue
      if (full) this.change(column, old, -1)
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
    const bin = binOf(value)
    return this.count - this.upTo(column, bin) + this.inBin(column, bin)
  }

  /** Rows at least as far out as this value on the side where there are fewer. */
  outside(column: number, value: number): number {
    const bin = binOf(value)
    const most = this.upTo(column, bin)
    return Math.min(most, this.count - most + this.inBin(column, bin))
  }

  /** Rows with this value. */
  equal(column: number, value: number): number {
    return this.inBin(column, binOf(value))
  }

  /** The least value that a share `q` of the rows does not exceed: whole below 64, else the upper end of its bin. */
  quantile(column: number, q: number): number {
    const { before, inSuper, inBlock } = this
    let left = Math.max(1, Math.ceil(q * this.count))
    let above = LAST
    while (above > 0 && before[column * SUPERS + above]! >= left) above--
    left -= before[column * SUPERS + above]!
    let block = (above << BRANCH) + LAST
    while ((block & LAST) > 0 && inSuper[column * BLOCKS + block]! >= left) block--
    left -= inSuper[column * BLOCKS + block]!
    let bin = block << BRANCH
    while ((bin & LAST) < LAST && inBlock[column * BINS + bin]! < left) bin++
    return valueIn(bin)
  }

  /**
   * How far the newer half of the rows held lies from the older half, 0 to 1: the distance of Kolmogorov and Smirnov, the largest
   * difference of their cumulative distributions. For now and then: it looks at all of the column.
   */
  drift(column: number): number {
    const { rows, columns, count, next } = this
    const half = count >> 1
    const start = count * columns < rows.length ? 0 : next
    const steps = new Int32Array(BINS)
    for (let age = 0; age < 2 * half; age++) {
      const bin = rows[(((start + age) * columns) % rows.length) + column]!
      steps[bin]! += age < half ? 1 : -1
    }
    let sum = 0
    let most = 0
    for (const step of steps) {
      sum += step
      most = Math.max(most, Math.abs(sum))
    }
    return half === 0 ? 0 : most / half
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
    for (const sums of [this.inBlock, this.inSuper, this.before]) sums.fill(0)
    for (let i = 0; i < kept.length; i++) this.change(i % columns, kept[i]!, 1)
    this.count = kept.length / columns
    this.next = kept.length === rows.length ? 0 : this.count
    return true
  }

  private change(column: number, bin: number, by: number): void {
    const { inBlock, inSuper, before } = this
    const block = bin >> BRANCH
    const above = block >> BRANCH
    for (let i = column * BINS + bin; i <= column * BINS + (bin | LAST); i++) inBlock[i]! += by
    for (let i = column * BLOCKS + block + 1; i <= column * BLOCKS + (block | LAST); i++) inSuper[i]! += by
    for (let i = column * SUPERS + above + 1; i < (column + 1) * SUPERS; i++) before[i]! += by
  }

  private upTo(column: number, bin: number): number {
    return (
      this.inBlock[column * BINS + bin]! +
      this.inSuper[column * BLOCKS + (bin >> BRANCH)]! +
      this.before[column * SUPERS + (bin >> (2 * BRANCH))]!
    )
  }

  private inBin(column: number, bin: number): number {
    const at = column * BINS + bin
    return this.inBlock[at]! - ((bin & LAST) === 0 ? 0 : this.inBlock[at - 1]!)
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
