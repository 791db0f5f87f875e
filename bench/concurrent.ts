import { built, outputOf } from './built.ts'
import { report, sized } from './measure.ts'

/** Prints what a packet costs from its bytes on, and what the whole program holds, with 100 k and with 1 M connections open. */
interface Cost {
  nanoseconds: number[]
  resident: number
}

const hold = built('hold')
const [few, many] = [sized(100_000, 10_000), sized(1_000_000, 100_000)].map((flows): Cost => {
  const cost = outputOf<Cost>(hold, String(flows))
  report(`${flows / 1_000} k connections open: a packet`, cost.nanoseconds)
  report(`${flows / 1_000} k connections open: resident in all`, [cost.resident], 'MiB')
  return cost
})
report('a packet at 1 M connections / at 100 k', [middle(many!) / middle(few!)], 'x')

function middle({ nanoseconds }: Cost): number {
  return nanoseconds.toSorted((a, b) => a - b)[nanoseconds.length >> 1]!
}
