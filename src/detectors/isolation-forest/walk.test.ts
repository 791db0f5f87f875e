import { expect, test } from 'vitest'
import { createRandom } from '../../math/random.ts'
import { createTreeGrower, fitForest, treeRandom } from './fit.ts'
import { scoreOfPath, scoreSample } from './forest.ts'
import { createWalk, WALK_DEPTH } from './walk.ts'

const ROWS = 1200
const COLUMNS = 17

test('a walk says of every row what the forest says, to the last bit, also once trees were grown anew', () => {
  const random = createRandom(5)
  // Few distinct values: trees that end early, ties with thresholds, constant columns.
  const rows = Float32Array.from({ length: ROWS * COLUMNS }, (_, i) =>
    i % COLUMNS < 3 ? i % COLUMNS : Math.floor(random() ** 4 * 40) / 8,
  )
  const forest = fitForest(rows, ROWS, COLUMNS, { seed: 3 })
  expect(forest.depth).toBe(WALK_DEPTH)
  const walk = createWalk(forest)
  const grow = createTreeGrower(forest)
  for (let round = 0; round < 3; round++) {
    for (let row = 0; row < ROWS; row++) {
      const score = scoreOfPath(forest, walk.sum(rows, row * COLUMNS))
      expect(score).toBe(scoreSample(forest, rows, row * COLUMNS))
    }
    for (const tree of [0, 41, 99]) {
      grow(tree, rows, ROWS - 100 * round, treeRandom(9 + round, tree))
      walk.copy(tree)
    }
  }
})
