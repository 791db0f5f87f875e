import type { Forest } from './forest.ts'

/** The depth of a tree of 256 rows: the only one that is laid out so. */
export const WALK_DEPTH = 8
/** Words of a tree: a block of three levels, 8 below it, 16 words each, and below those 64 of two levels, 8 words each. */
const MIDDLE = 16
const BOTTOM = MIDDLE + 8 * 16
const TREE = BOTTOM + 64 * 8
/** Large buffers begin 16 bytes into a cache line: so many words on, the next one does. */
const ALIGNED = 12
/** Different path lengths there can be: of 9 levels, with 1 to 256 rows each. */
const LENGTHS = 9 * 256
const INNER = (1 << WALK_DEPTH) - 1

/**
 * A forest laid out for single rows, whose trees come from far memory every time: three levels to a cache line, column and
 * threshold side by side, the leaves beside the last nodes. A walk touches 3 lines a tree, where level by level it is 9.
 */
export interface Walk {
  /** Takes over one tree of the forest, grown anew. */
  copy(tree: number): void
  readonly bytes: number
  /** Sum of the path lengths of the row at `offset`, to the last bit as `scoreSample` has it. */
  sum(rows: Float32Array, offset: number): number
}

/** Lays out every tree of a forest of depth `WALK_DEPTH`, whose number of trees is a multiple of four. */
export function createWalk(forest: Forest): Walk {
  const buffer = new ArrayBuffer((ALIGNED + forest.trees * TREE) * 4)
  const columns = new Int32Array(buffer)
  const thresholds = new Float32Array(buffer)
  /** At a leaf, which of `lengths`. */
  const leaves = new Uint16Array(buffer)
  const lengths = new Float64Array(LENGTHS)
  const places = new Map<number, number>()
  const nodes = new Int32Array(15)

  const placeOf = (length: number): number => {
    const known = places.get(length)
    if (known !== undefined) return known
    lengths[places.size] = length
    places.set(length, places.size)
    return places.size - 1
  }

  /** Copies the `count` topmost nodes below `root` to `word`; leaves the numbers of all below in `nodes`. */
  const copyBlock = (tree: number, root: number, word: number, count: number): void => {
    nodes[0] = root
    for (let i = 0; i < count; i++) {
      const node = nodes[i]!
      columns[word + 2 * i] = forest.column[tree * INNER + node]!
      thresholds[word + 2 * i + 1] = forest.threshold[tree * INNER + node]!
      nodes[2 * i + 1] = 2 * node + 1
      nodes[2 * i + 2] = 2 * node + 2
    }
  }

  const copy = (tree: number): void => {
    const base = ALIGNED + tree * TREE
    copyBlock(tree, 0, base, 7)
    for (let i = 0; i < 8; i++) copyBlock(tree, 7 + i, base + MIDDLE + 16 * i, 7)
    for (let i = 0; i < 64; i++) {
      const word = base + BOTTOM + 8 * i
      copyBlock(tree, 63 + i, word, 3)
      for (let leaf = 0; leaf < 4; leaf++) {
        leaves[2 * word + 12 + leaf] = placeOf(forest.leaf[tree * (INNER + 1) + nodes[3 + leaf]! - INNER]!)
      }
    }
  }

  /** Path lengths of a row in the four trees from `base` on: the loads of one walk hide behind those of the others. */
  const walkFour = (rows: Float32Array, offset: number, base: number): number => {
    let p = base
    let q = base + TREE
    let r = base + 2 * TREE
    let s = base + 3 * TREE
    let i = 0
    let j = 0
    let k = 0
    let l = 0
    for (let level = 0; level < WALK_DEPTH; level++) {
      if (level === 3) {
        p += MIDDLE + 16 * (i - 7)
        q += MIDDLE + 16 * (j - 7)
        r += MIDDLE + 16 * (k - 7)
        s += MIDDLE + 16 * (l - 7)
        i = j = k = l = 0
      } else if (level === 6) {
        p = bottomOf(p, base, i)
        q = bottomOf(q, base + TREE, j)
        r = bottomOf(r, base + 2 * TREE, k)
        s = bottomOf(s, base + 3 * TREE, l)
        i = j = k = l = 0
      }
      i = 2 * i + 1 + Number(rows[offset + columns[p + 2 * i]!]! > thresholds[p + 2 * i + 1]!)
      j = 2 * j + 1 + Number(rows[offset + columns[q + 2 * j]!]! > thresholds[q + 2 * j + 1]!)
      k = 2 * k + 1 + Number(rows[offset + columns[r + 2 * k]!]! > thresholds[r + 2 * k + 1]!)
      l = 2 * l + 1 + Number(rows[offset + columns[s + 2 * l]!]! > thresholds[s + 2 * l + 1]!)
    }
    return (
      lengths[leaves[2 * p + 9 + i]!]! +
      lengths[leaves[2 * q + 9 + j]!]! +
      lengths[leaves[2 * r + 9 + k]!]! +
      lengths[leaves[2 * s + 9 + l]!]!
    )
  }

  for (let tree = 0; tree < forest.trees; tree++) copy(tree)
  return {
    copy,
    bytes: buffer.byteLength + lengths.byteLength,
    sum(rows, offset) {
      let sum = 0
      for (let tree = 0; tree < forest.trees; tree += 4) sum += walkFour(rows, offset, ALIGNED + tree * TREE)
      return sum
    },
  }
}

/** Where the last block of a walk is, that left the one at `middle` by way `i`. */
function bottomOf(middle: number, base: number, i: number): number {
  return base + BOTTOM + 8 * (((middle - base - MIDDLE) >> 1) + i - 7)
}
