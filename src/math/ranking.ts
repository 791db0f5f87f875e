/**
 * Area under the ROC curve: the chance that a positive scores above a negative, ties counting half (Mann-Whitney U).
 * NaN when one of the classes is empty.
 */
export function rocAuc(scores: Float64Array, positive: Uint8Array): number {
  const negatives = scores.filter((_, i) => positive[i] === 0).sort()
  const positives = scores.filter((_, i) => positive[i] !== 0).sort()
  let below = 0
  let notAbove = 0
  let pairs = 0
  for (const score of positives) {
    while (below < negatives.length && negatives[below]! < score) below++
    while (notAbove < negatives.length && negatives[notAbove]! <= score) notAbove++
    pairs += below + notAbove
  }
  return pairs / (2 * negatives.length * positives.length)
}

/** Average precision: precision at each distinct threshold, weighted by the recall it adds, as scikit-learn has it. */
export function averagePrecision(scores: Float64Array, positive: Uint8Array): number {
  const order = descending(scores)
  const all = positive.reduce((sum, flag) => sum + flag, 0)
  let found = 0
  let area = 0
  for (let start = 0; start < order.length; ) {
    const end = endOfTies(scores, order, start)
    let added = 0
    for (let i = start; i < end; i++) added += positive[order[i]!]!
    found += added
    area += (found / end) * (added / all)
    start = end
  }
  return all === 0 ? Number.NaN : area
}

function descending(scores: Float64Array): Uint32Array {
  return Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[b]! - scores[a]! || a - b)
}

function endOfTies(scores: Float64Array, order: Uint32Array, start: number): number {
  let end = start + 1
  while (end < order.length && scores[order[end]!] === scores[order[start]!]) end++
  return end
}
