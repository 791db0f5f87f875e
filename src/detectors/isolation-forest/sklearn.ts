import { floorToFloat32 } from './fit.ts'
import { averagePathLength, createForest, type Forest, treeDepth } from './forest.ts'

/** One of scikit-learn's `estimators_`, its `tree_` as lists, with its `estimators_features_`. */
export interface SklearnTree {
  /** Columns of the row that the tree's feature numbers stand for. */
  features: readonly number[]
  /** Node numbers; -1 at a leaf. */
  children_left: readonly number[]
  children_right: readonly number[]
  feature: readonly number[]
  threshold: readonly number[]
  n_node_samples: readonly number[]
}

/** A forest out of a fitted IsolationForest's own trees: it scores as that one does, to rounding of the sums. */
export function importSklearn(
  trees: readonly SklearnTree[],
  dimensions: number,
  maxSamples: number,
  offset: number,
): Forest {
  const forest = createForest(trees.length, treeDepth(maxSamples), dimensions)
  forest.subsample = maxSamples
  forest.offset = offset
  trees.forEach((tree, index) => {
    place(forest, index, tree, 0, 0, 0)
  })
  return forest
}

function place(forest: Forest, index: number, tree: SklearnTree, from: number, node: number, level: number): void {
  const inner = (1 << forest.depth) - 1
  const left = tree.children_left[from]!
  if (left < 0) {
    const width = 1 << (forest.depth - level)
    const first = index * (inner + 1) + (node + 1) * width - 1 - inner
    forest.leaf.fill(level + averagePathLength(tree.n_node_samples[from]!), first, first + width)
    return
  }
  forest.column[index * inner + node] = tree.features[tree.feature[from]!]!
  forest.threshold[index * inner + node] = floorToFloat32(tree.threshold[from]!)
  place(forest, index, tree, left, 2 * node + 1, level + 1)
  place(forest, index, tree, tree.children_right[from]!, 2 * node + 2, level + 1)
}
