import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createTreeGrower, fitForest, treeRandom } from '../src/detectors/isolation-forest/fit.ts'
import { scoreSample, scoreSamples } from '../src/detectors/isolation-forest/forest.ts'
import { createRandom } from '../src/math/random.ts'
import { measure, report } from './measure.ts'

/**
 * Prints what a forest of 100 trees x 256 rows of 20 features costs: one row, rows in a batch, growing it, replacing one tree; and
 * the same of scikit-learn's, where Debian's python3-sklearn is installed.
 */
const DIMENSIONS = 20
const ROWS = 4096

const random = createRandom(1)
const rows = Float32Array.from({ length: ROWS * DIMENSIONS }, () => random() ** 3 * 10)
const out = new Float64Array(ROWS)
const forest = fitForest(rows, ROWS, DIMENSIONS, { seed: 1 })
const grow = createTreeGrower(forest)

const one = measure('score one row', 20_000, () => {
  for (let i = 0; i < 20_000; i++) scoreSample(forest, rows, DIMENSIONS * (i % ROWS))
})
const batch = measure(`score a row, ${ROWS} at once`, 10 * ROWS, () => {
  for (let i = 0; i < 10; i++) scoreSamples(forest, rows, ROWS, out)
})
const fit = measure('grow 100 trees', 20, () => {
  for (let i = 0; i < 20; i++) fitForest(rows, ROWS, DIMENSIONS, { seed: i })
})
measure('replace one tree', 500, () => {
  for (let i = 0; i < 500; i++) grow(i % 100, rows, ROWS, treeRandom(1, i))
})
compare()

function compare(): void {
  const script = fileURLToPath(new URL('./forest.py', import.meta.url))
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }
  const { stdout } = spawnSync('/usr/bin/python3', [script], { encoding: 'utf8', env })
  if (!stdout) {
    console.log('scikit-learn is not installed: Debian package python3-sklearn')
    return
  }
  const theirs = JSON.parse(stdout) as { fit: number; one: number; batch: number }
  report('scikit-learn: score one row', [theirs.one * 1e3])
  report(`scikit-learn: score a row, ${ROWS} at once`, [theirs.batch * 1e3])
  report('scikit-learn: grow 100 trees', [theirs.fit * 1e6])
  report('scikit-learn / nads, one row', [(theirs.one * 1e3) / one], 'x')
  report('scikit-learn / nads, in a batch', [(theirs.batch * 1e3) / batch], 'x')
  report('scikit-learn / nads, growing', [(theirs.fit * 1e6) / fit], 'x')
}
