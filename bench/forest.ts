import { createTreeGrower, fitForest, treeRandom } from '../src/detectors/isolation-forest/fit.ts'
import { scoreSample, scoreSamples } from '../src/detectors/isolation-forest/forest.ts'
import { createRandom } from '../src/math/random.ts'
import { measure } from './measure.ts'

/** Prints what a forest of 100 trees x 256 rows costs: one row, rows in a batch, growing it, replacing one tree. */
const DIMENSIONS = 30
const ROWS = 4096

const random = createRandom(1)
const rows = Float32Array.from({ length: ROWS * DIMENSIONS }, () => random() ** 3 * 10)
const out = new Float64Array(ROWS)
const forest = fitForest(rows, ROWS, DIMENSIONS, { seed: 1 })
const grow = createTreeGrower(forest)

measure('score one row', 20_000, () => {
  for (let i = 0; i < 20_000; i++) scoreSample(forest, rows, DIMENSIONS * (i % ROWS))
})
measure(`score a row, ${ROWS} at once`, 10 * ROWS, () => {
  for (let i = 0; i < 10; i++) scoreSamples(forest, rows, ROWS, out)
})
measure('grow 100 trees', 20, () => {
  for (let i = 0; i < 20; i++) fitForest(rows, ROWS, DIMENSIONS, { seed: i })
})
measure('replace one tree', 500, () => {
  for (let i = 0; i < 500; i++) grow(i % 100, rows, ROWS, treeRandom(1, i))
})
