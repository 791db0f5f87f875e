import { percentile } from '../../math/percentile.ts'
import { createRandom, type Random } from '../../math/random.ts'
import { averagePathLength, createForest, type Forest, scoreSamples, treeDepth } from './forest.ts'

/** scikit-learn's parameters, with its defaults. */
export interface FitOptions {
  /** Trees, 100. */
  trees?: number
  /** Rows a tree is grown from, at most: 256. */
  subsample?: number
  /** Share of the training rows to call outliers, 0 to 0.5; `auto` draws the line at the paper's 0.5. */
  contamination?: number | 'auto'
  seed: number
}

/** A column whose values at a node lie within this is constant there. */
const CONSTANT = 1e-7

/** Grows a forest on the first `n` rows of `d` values each. Needs at least one row. */
export function fitForest(rows: Float32Array, n: number, d: number, options: FitOptions): Forest {
  const { trees = 100, contamination = 'auto', seed } = options
  const subsample = Math.min(options.subsample ?? 256, n)
  const forest = createForest(trees, treeDepth(subsample), d)
  forest.subsample = subsample
  const grower = createTreeGrower(forest)
  for (let tree = 0; tree < trees; tree++) grower(tree, rows, n, treeRandom(seed, tree))
  if (contamination !== 'auto') {
    forest.offset = percentile(scoreSamples(forest, rows, n, new Float64Array(n)), 100 * contamination)
  }
  return forest
}

/** The randomness of one tree depends on the seed and its number alone, so a saved forest goes on as if never stopped. */
export function treeRandom(seed: number, tree: number): Random {
  return createRandom(seed ^ Math.imul(tree + 1, 0x85ebca6b))
}

/** Grows tree `tree` of a forest anew from a subsample, drawn without replacement, of the first `n` rows. */
export type TreeGrower = (tree: number, rows: Float32Array, n: number, random: Random) => void

/**
 * A grower for `forest`, its scratch reused from tree to tree. At each node it splits a column drawn from those not
 * constant there at a point drawn between its ends, as scikit-learn's ExtraTreeRegressor(max_features=1) does.
 */
export function createTreeGrower(forest: Forest): TreeGrower {
  const { dimensions, subsample, depth } = forest
  const inner = (1 << depth) - 1
  const members = new Int32Array(subsample)
  const columns = Int32Array.from({ length: dimensions }, (_, i) => i)
  const lengths = Float64Array.from({ length: subsample + 1 }, (_, n) => averagePathLength(n))
  const range = new Float64Array(2)
  let rows: Float32Array = new Float32Array(0)
  let pool: Int32Array = new Int32Array(0)
  let random: Random = () => 0
  let tree = 0

  /** Grows the node that holds `members[start .. end)`; the first `constants` of `columns` are known to be constant. */
  function grow(node: number, start: number, end: number, level: number, constants: number): void {
    const known = level < depth && end - start > 1 ? drawColumn(start, end, constants) : dimensions
    if (known === dimensions) {
      fillLeaf(node, level, level + lengths[end - start]!)
      return
    }
    const column = columns[known]!
    const threshold = floorToFloat32(drawThreshold(range[0]!, range[1]!, random))
    const middle = partition(column, threshold, start, end)
    forest.column[tree * inner + node] = column
    forest.threshold[tree * inner + node] = threshold
    grow(2 * node + 1, start, middle, level + 1, known)
    grow(2 * node + 2, middle, end, level + 1, known)
  }

  /** Draws until a column varies, leaving its ends in `range`; constant ones pile up at the front of `columns`. */
  function drawColumn(start: number, end: number, constants: number): number {
    for (let known = constants; known < dimensions; known++) {
      swap(columns, known, known + Math.floor(random() * (dimensions - known)))
      measure(columns[known]!, start, end)
      if (range[1]! - range[0]! > CONSTANT) return known
    }
    return dimensions
  }

  function measure(column: number, start: number, end: number): void {
    let low = rows[column + members[start]!]!
    let high = low
    for (let i = start + 1; i < end; i++) {
      const value = rows[column + members[i]!]!
      if (value < low) low = value
      else if (value > high) high = value
    }
    range[0] = low
    range[1] = high
  }

  function partition(column: number, threshold: number, start: number, end: number): number {
    let left = start
    let right = end
    while (left < right) {
      if (rows[column + members[left]!]! <= threshold) left++
      else swap(members, left, --right)
    }
    return left
  }

  /** A leaf above the last level is repeated below; the infinite threshold leads to the leftmost of its copies. */
  function fillLeaf(node: number, level: number, path: number): void {
    const width = 1 << (depth - level)
    const first = (node + 1) * width - 1 - inner
    forest.leaf.fill(path, tree * (inner + 1) + first, tree * (inner + 1) + first + width)
  }

  return (index, from, n, source) => {
    rows = from
    random = source
    tree = index
    if (pool.length < n) pool = new Int32Array(2 * n).map((_, i) => i)
    const size = Math.min(subsample, n)
    sample(pool, n, size, members, random)
    for (let i = 0; i < size; i++) members[i]! *= dimensions
    for (let j = 0; j < dimensions; j++) columns[j] = j
    forest.column.fill(0, tree * inner, (tree + 1) * inner)
    forest.threshold.fill(Number.POSITIVE_INFINITY, tree * inner, (tree + 1) * inner)
    grow(0, 0, size, 0, 0)
  }
}

/** Draws `count` of the first `n` of `pool` without replacement into `out`, and leaves `pool` as it was. */
function sample(pool: Int32Array, n: number, count: number, out: Int32Array, random: Random): void {
  const swapped = new Int32Array(count)
  for (let i = 0; i < count; i++) {
    const other = i + Math.floor(random() * (n - i))
    swapped[i] = other
    swap(pool, i, other)
    out[i] = pool[i]!
  }
  for (let i = count - 1; i >= 0; i--) swap(pool, i, swapped[i]!)
}

function drawThreshold(low: number, high: number, random: Random): number {
  const threshold = low + random() * (high - low)
  return threshold === high ? low : threshold
}

/** The greatest 32-bit float not above `value`: for 32-bit floats x, `x <= floor(value)` exactly when `x <= value`. */
export function floorToFloat32(value: number): number {
  const rounded = Math.fround(value)
  if (rounded <= value || !Number.isFinite(value)) return rounded
  FLOAT[0] = rounded
  BITS[0]! += rounded > 0 ? -1 : 1
  return FLOAT[0]!
}

const FLOAT = new Float32Array(1)
const BITS = new Int32Array(FLOAT.buffer)

function swap(array: Int32Array, i: number, j: number): void {
  const held = array[i]!
  array[i] = array[j]!
  array[j] = held
}
