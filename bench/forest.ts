import { createTreeGrower, fitForest, treeRandom } from '../src/detectors/isolation-forest/fit.ts'
import { scoreSample, scoreSamples } from '../src/detectors/isolation-forest/forest.ts'
import { createRandom } from '../src/math/random.ts'

/** Prints what a forest of 100 trees x 256 rows costs: one row, rows in a batch, growing it, replacing one tree. */
const DIMENSIONS = 30
const ROWS = 4096

const random = createRandom(1)
const rows = Float32Array.from({ length: ROWS * DIMENSIONS }, () => random() ** 3 * 10)
const out = new Float64Array(ROWS)
const forest = fitForest(rows, ROWS, DIMENSIONS, { seed: 1 })
const grow = createTreeGrower(forest)
let row = 0
let tree = 0

report('score one row', 20_000, 1, () => scoreSample(forest, rows, DIMENSIONS * (row++ % ROWS)))
report(`score a row, ${ROWS} at once`, 25, ROWS, () => scoreSamples(forest, rows, ROWS, out))
report('grow 100 trees', 20, 1, () => fitForest(rows, ROWS, DIMENSIONS, { seed: row++ }))
report('replace one tree', 500, 1, () => grow(tree++ % 100, rows, ROWS, treeRandom(1, tree)))

/** Median of nine rounds, in nanoseconds for each of `units` a call. */
function report(what: string, calls: number, units: number, call: () => unknown): void {
  const rounds: number[] = []
  for (let round = 0; round < 9; round++) {
    const start = process.cpuUsage()
    for (let i = 0; i < calls; i++) call()
    const used = process.cpuUsage(start)
    rounds.push(((used.user + used.system) * 1000) / (calls * units))
  }
  rounds.sort((a, b) => a - b)
  console.log(`${what.padEnd(32)} ${Math.round(rounds[4]!).toLocaleString('en').padStart(12)} ns`)
}
