import type { Feature } from '../features/feature.ts'

/** Features tried one at a time, and changed together at most. */
const SINGLES = 12
const TOGETHER = 8
/** Halvings of the way between what was seen and what is usual. */
const HALVINGS = 12

export interface Move {
  index: number
  to: number
}

/** A way back to what is usual. */
interface Way {
  index: number
  from: number
  usual: number
  feature: Feature
}

/**
 * The smallest change of `values` for which `normal` holds, along the way from each unusual feature to what is usual of it:
 * of one feature where that is enough, else of as few of the most unusual as a greedy search finds. Null when there is none.
 */
export function nearestNormal(
  values: Float64Array,
  unusual: readonly { index: number; usual: number }[],
  features: readonly Feature[],
  normal: (changed: Float64Array) => boolean,
): Move[] | null {
  const ways = unusual
    .filter(({ index }, i) => unusual.findIndex((other) => other.index === index) === i)
    .map(({ index, usual }): Way => ({ index, usual, from: values[index]!, feature: features[index]! }))
    .filter(({ from, usual, feature }) => from !== usual && feature.clock !== true)
  const changed = new Float64Array(values.length)
  const holds = (moves: readonly Move[]): boolean => {
    changed.set(values)
    for (const { index, to } of moves) changed[index] = to
    return normal(changed)
  }

  let nearest: { way: Way; share: number } | null = null
  for (const way of ways.slice(0, SINGLES)) {
    // What is not enough as far on as another was is not nearer.
    if (nearest !== null && !holds([moveOf(way, nearest.share)])) continue
    const share = least((share) => holds([moveOf(way, share)]))
    if (share !== null && (nearest === null || share < nearest.share)) nearest = { way, share }
  }
  if (nearest !== null) return settled([nearest.way], nearest.share, holds)
  const few = fewest(ways.slice(0, TOGETHER), holds)
  if (few === null) return null
  return settled(few, least((share) => holds(few.map((way) => moveOf(way, share)))) ?? 1, holds)
}

/** The most unusual ways taken to their end, as many as it takes, and then without those it does not take. */
function fewest(ways: readonly Way[], holds: (moves: readonly Move[]) => boolean): Way[] | null {
  const ends = (list: readonly Way[]): Move[] => list.map((way) => moveOf(way, 1))
  const count = ways.findIndex((_, last) => holds(ends(ways.slice(0, last + 1)))) + 1
  if (count === 0) return null
  let taken = ways.slice(0, count)
  for (const way of taken.toReversed()) {
    const without = taken.filter((other) => other !== way)
    if (without.length > 0 && holds(ends(without))) taken = without
  }
  return taken
}

/** The least share of the way, by halving, that is enough; null when the whole of it is not. */
function least(enough: (share: number) => boolean): number | null {
  if (!enough(1)) return null
  let [low, high] = [0, 1]
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2
    if (enough(middle)) high = middle
    else low = middle
  }
  return high
}

/** Numbers a person can say, as long as they are as good: rounded on towards what is usual. */
function settled(ways: readonly Way[], share: number, holds: (moves: readonly Move[]) => boolean): Move[] {
  let moves = ways.map((way) => moveOf(way, share))
  ways.forEach((way, i) => {
    const rounded = roundedMove(way, moves[i]!.to)
    const tried = moves.with(i, rounded)
    if (holds(tried)) moves = tried
  })
  return moves
}

function moveOf({ index, from, usual, feature }: Way, share: number): Move {
  if (share === 1 || feature.words !== undefined) return { index, to: usual }
  if (feature.scale === 'linear') return { index, to: from + share * (usual - from) }
  const [a, b] = [Math.log1p(from), Math.log1p(usual)]
  return { index, to: Math.expm1(a + share * (b - a)) }
}

function roundedMove({ index, from, usual, feature }: Way, to: number): Move {
  if (feature.words !== undefined || to === usual) return { index, to }
  const whole = Number.isInteger(from) && Number.isInteger(usual)
  const step = Math.max(whole ? 1 : 0, Number(`1e${Math.floor(Math.log10(Math.max(1e-9, Math.abs(to)))) - 2}`))
  const rounded = (usual < from ? Math.floor(to / step) : Math.ceil(to / step)) * step
  const beyond = usual < from ? rounded < usual : rounded > usual
  return { index, to: beyond ? usual : Number(rounded.toPrecision(12)) }
}
