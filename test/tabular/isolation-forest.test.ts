import { describe, expect, it } from 'vitest'
import { fitForest } from '../../src/detectors/isolation-forest/fit.ts'
import { scoreSamples } from '../../src/detectors/isolation-forest/forest.ts'
import { rocAuc } from '../../src/math/ranking.ts'
import { distinctRows, findData, findXz, inliers, type LabelledRows, readAdbench, readNslKdd } from './sets.ts'

const SEEDS = 20
const TOLERANCE = 0.01
const MINUTES = 5 * 60_000

/** Mean ROC-AUC of scikit-learn's IsolationForest with default parameters, trained on all rows. */
const ADBENCH = [
  { name: '16_http', auc: 0.9996 },
  { name: '34_smtp', auc: 0.904 },
  { name: '32_shuttle', auc: 0.997 },
  { name: '2_annthyroid', auc: 0.818 },
  { name: '23_mammography', auc: 0.862 },
  { name: '38_thyroid', auc: 0.978 },
  { name: '31_satimage-2', auc: 0.994 },
  { name: '28_pendigits', auc: 0.942 },
]

describe('own trees rank outliers as scikit-learn does, mean of 20 seeds', () => {
  it.each(ADBENCH)(
    '$name: ROC-AUC $auc',
    ({ name, auc }) => {
      const path = findData(`tabular/${name}.npz`)
      if (path === null) return
      const set = readAdbench(path)
      expect(Math.abs(meanAuc(set, set) - auc)).toBeLessThanOrEqual(TOLERANCE)
    },
    MINUTES,
  )

  it(
    'NSL-KDD, trained on normal rows only: ROC-AUC 0.974',
    () => {
      const path = findData('flows/nsl-kdd/KDDTrain+_full.csv.xz')
      if (path === null || !findXz()) return
      const set = readNslKdd(path)
      expect(set.d).toBe(38)
      expect(Math.abs(meanAuc(set, inliers(set)) - 0.974)).toBeLessThanOrEqual(TOLERANCE)
    },
    MINUTES,
  )
})

function meanAuc(set: LabelledRows, train: { rows: Float32Array; n: number }): number {
  const { rows, n, which } = distinctRows(set)
  const scores = new Float64Array(n)
  let sum = 0
  for (let seed = 1; seed <= SEEDS; seed++) {
    scoreSamples(fitForest(train.rows, train.n, set.d, { seed }), rows, n, scores)
    const strange = Float64Array.from(which, (row) => -scores[row]!)
    sum += rocAuc(strange, set.outlier)
  }
  return sum / SEEDS
}
