import { power } from '../../math/power.ts'

/** Euler's constant, as near as a double comes. */
const EULER_GAMMA = 0.5772156649015329

/**
 * An Isolation Forest (Liu, Ting, Zhou 2008) as scikit-learn scores it. Every tree is laid out as a complete one: node `i`
 * has its children at `2i + 1` and `2i + 2`, so a walk is `depth` steps of arithmetic without a branch. Where a tree ends
 * early its leaf is repeated below.
 */
export interface Forest {
  readonly trees: number
  /** Steps from the root to a leaf. */
  readonly depth: number
  /** Values in a row. */
  readonly dimensions: number
  /** Rows each tree was grown from: scikit-learn's `max_samples_`. */
  subsample: number
  /** Added to a score to decide: scikit-learn's `offset_`. */
  offset: number
  /** Column tested at each inner node, `2^depth - 1` a tree. */
  readonly column: Uint8Array
  /** A row goes right where its value, as a 32-bit float, is greater. */
  readonly threshold: Float32Array
  /** Leaf depth + averagePathLength(rows in the leaf), `2^depth` a tree. */
  readonly leaf: Float64Array
}

/** Columns a forest can tell apart. */
export const MAX_DIMENSIONS = 256
/** Deepest complete tree: 4,096 rows a tree. */
const MAX_DEPTH = 12

/** A forest with room for `trees` trees, none of them grown. Throws a RangeError beyond 256 columns or depth 12. */
export function createForest(trees: number, depth: number, dimensions: number): Forest {
  if (dimensions < 1 || dimensions > MAX_DIMENSIONS)
    throw new RangeError(`a forest takes 1 to 256 columns: ${dimensions}`)
  if (depth < 1 || depth > MAX_DEPTH) throw new RangeError(`a forest is 1 to ${MAX_DEPTH} deep: ${depth}`)
  const leaves = 1 << depth
  return {
    trees,
    depth,
    dimensions,
    subsample: 0,
    offset: -0.5,
    column: new Uint8Array(trees * (leaves - 1)),
    threshold: new Float32Array(trees * (leaves - 1)).fill(Number.POSITIVE_INFINITY),
    leaf: new Float64Array(trees * leaves),
  }
}

/** Depth at which trees of `subsample` rows stop: the average depth of a search tree of as many keys, rounded up. */
export function treeDepth(subsample: number): number {
  return Math.ceil(Math.log2(Math.max(subsample, 2)))
}

/** c(n): mean path length of an unsuccessful search in a binary search tree of `n` keys. */
export function averagePathLength(n: number): number {
  if (n <= 1) return 0
  return n === 2 ? 1 : 2 * (Math.log(n - 1) + EULER_GAMMA) - (2 * (n - 1)) / n
}

/**
 * scikit-learn's `score_samples` of the row at `offset`: the opposite of the paper's score, -1 for the strangest, towards 0
 * for the most usual.
 */
export function scoreSample(forest: Forest, rows: Float32Array, offset: number): number {
  return scoreOfPath(forest, sumPaths(forest, rows, offset))
}

/** `score_samples` of `n` rows into `out`: tree by tree, so that each stays in the nearest cache. */
export function scoreSamples(forest: Forest, rows: Float32Array, n: number, out: Float64Array): Float64Array {
  out.fill(0, 0, n)
  for (let start = 0; start < n; start += BLOCK) {
    const end = Math.min(start + BLOCK, n)
    for (let tree = 0; tree < forest.trees; tree++) addPaths(forest, tree, rows, start, end, out)
  }
  for (let i = 0; i < n; i++) out[i] = scoreOfPath(forest, out[i]!)
  return out
}

/** Rows walked through one tree before the next tree is fetched. */
const BLOCK = 64

/** scikit-learn's `decision_function` of the row at `offset`; below 0 is an outlier. */
export function decisionFunction(forest: Forest, rows: Float32Array, offset: number): number {
  return scoreSample(forest, rows, offset) - forest.offset
}

/** The score that the sum of a row's path lengths comes to. */
export function scoreOfPath({ trees, subsample }: Pick<Forest, 'trees' | 'subsample'>, sum: number): number {
  const whole = trees * averagePathLength(subsample)
  return -power(2, whole === 0 ? -1 : -sum / whole)
}

/** `score_samples` of a row that came to these leaves, one a tree: to the last bit what `scoreSample` says of it. */
export function scoreOfLeaves(leaves: Float64Array, subsample: number): number {
  const trees = leaves.length
  const whole = trees - (trees % 4)
  let sum = 0
  for (let i = 0; i < whole; i += 4) sum += leaves[i]! + leaves[i + 1]! + leaves[i + 2]! + leaves[i + 3]!
  for (let i = whole; i < trees; i++) sum += leaves[i]!
  return scoreOfPath({ trees, subsample }, sum)
}

/** Path length of one row in one tree; narrows `low` < value <= `high` to the rows that take the same way. */
export function leafOf(
  { column, threshold, leaf, depth }: Forest,
  tree: number,
  row: Float32Array,
  low: Float32Array,
  high: Float32Array,
): number {
  const inner = (1 << depth) - 1
  const base = tree * inner
  let i = 0
  for (let step = 0; step < depth; step++) {
    const [j, edge] = [column[base + i]!, threshold[base + i]!]
    const right = row[j]! > edge
    if (right) low[j] = Math.max(low[j]!, edge)
    else high[j] = Math.min(high[j]!, edge)
    i = 2 * i + 1 + Number(right)
  }
  return leaf[tree * (inner + 1) - inner + i]!
}

/** Four trees at a time: the loads of one walk hide behind those of the others. */
function sumPaths(forest: Forest, rows: Float32Array, offset: number): number {
  const { column, threshold, leaf, trees, depth } = forest
  const inner = (1 << depth) - 1
  const whole = trees - (trees % 4)
  let sum = 0
  for (let tree = 0; tree < whole; tree += 4) {
    const p = tree * inner
    const q = p + inner
    const r = q + inner
    const s = r + inner
    let i = 0
    let j = 0
    let k = 0
    let l = 0
    for (let step = 0; step < depth; step++) {
      i = 2 * i + 1 + Number(rows[offset + column[p + i]!]! > threshold[p + i]!)
      j = 2 * j + 1 + Number(rows[offset + column[q + j]!]! > threshold[q + j]!)
      k = 2 * k + 1 + Number(rows[offset + column[r + k]!]! > threshold[r + k]!)
      l = 2 * l + 1 + Number(rows[offset + column[s + l]!]! > threshold[s + l]!)
    }
    // Leaves start `inner` nodes in, and a tree has one leaf more than inner nodes.
    const first = tree * (inner + 1) - inner
    sum +=
      leaf[first + i]! +
      leaf[first + inner + 1 + j]! +
      leaf[first + 2 * inner + 2 + k]! +
      leaf[first + 3 * inner + 3 + l]!
  }
  for (let tree = whole; tree < trees; tree++) sum += pathOf(forest, tree, rows, offset)
  return sum
}

/** Path length of one row in one tree. */
export function pathOf(forest: Forest, tree: number, rows: Float32Array, offset: number): number {
  const { column, threshold, leaf, depth } = forest
  const inner = (1 << depth) - 1
  const base = tree * inner
  let i = 0
  for (let step = 0; step < depth; step++) {
    i = 2 * i + 1 + Number(rows[offset + column[base + i]!]! > threshold[base + i]!)
  }
  return leaf[tree * (inner + 1) - inner + i]!
}

/** Adds the path length in one tree of rows `start` to `end` to `out`, four rows at a time. */
function addPaths(
  forest: Forest,
  tree: number,
  rows: Float32Array,
  start: number,
  end: number,
  out: Float64Array,
): void {
  const { column, threshold, leaf, depth, dimensions } = forest
  const inner = (1 << depth) - 1
  const base = tree * inner
  const first = tree * (inner + 1) - inner
  const whole = end - ((end - start) % 4)
  for (let row = start; row < whole; row += 4) {
    const p = row * dimensions
    const q = p + dimensions
    const r = q + dimensions
    const s = r + dimensions
    let i = 0
    let j = 0
    let k = 0
    let l = 0
    for (let step = 0; step < depth; step++) {
      i = 2 * i + 1 + Number(rows[p + column[base + i]!]! > threshold[base + i]!)
      j = 2 * j + 1 + Number(rows[q + column[base + j]!]! > threshold[base + j]!)
      k = 2 * k + 1 + Number(rows[r + column[base + k]!]! > threshold[base + k]!)
      l = 2 * l + 1 + Number(rows[s + column[base + l]!]! > threshold[base + l]!)
    }
    out[row]! += leaf[first + i]!
    out[row + 1]! += leaf[first + j]!
    out[row + 2]! += leaf[first + k]!
    out[row + 3]! += leaf[first + l]!
  }
  for (let row = whole; row < end; row++) out[row]! += pathOf(forest, tree, rows, row * dimensions)
}
