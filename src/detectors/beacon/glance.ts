/** Gaps below this, seconds, are between connections of one call. */
const SAME_CALL = 1
const RECENT = 5
/** Gaps count as about the same up to this factor either way. */
const NEAR = 1.6

const recent = new Float64Array(RECENT)

/**
 * Whether half the gaps between `length` ascending starts are near the median of the newest five: what half of all gaps lying
 * within a quarter of their median implies but for bad luck, and what calls at random (a third of them) do not. Cheap.
 */
export function evenEnough(starts: Float64Array, length: number): boolean {
  let held = 0
  for (let i = length - 1; i > 0 && held < RECENT; i--) {
    const gap = starts[i]! - starts[i - 1]!
    if (gap < SAME_CALL) continue
    let at = held++
    for (; at > 0 && recent[at - 1]! > gap; at--) recent[at] = recent[at - 1]!
    recent[at] = gap
  }
  if (held < RECENT) return false
  const median = recent[RECENT >> 1]!
  let near = 0
  let gaps = 0
  for (let i = 1; i < length; i++) {
    const gap = starts[i]! - starts[i - 1]!
    if (gap < SAME_CALL) continue
    gaps++
    if (gap <= NEAR * median && NEAR * gap >= median) near++
  }
  return 2 * near >= gaps
}
