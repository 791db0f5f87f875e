import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { report } from './measure.ts'

/** Prints what a packet costs from its bytes on, and what the whole program holds, with 100 k and with 1 M connections open. */
interface Cost {
  nanoseconds: number[]
  resident: number
}

const local = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
spawnSync(process.execPath, [local('../bin/nads.js'), '--version'], { stdio: 'ignore' })
const [few, many] = [100_000, 1_000_000].map((flows): Cost => {
  const { stdout, stderr } = spawnSync(process.execPath, [local('./hold.mjs'), String(flows)], { encoding: 'utf8' })
  if (stdout === '') throw new Error(stderr)
  const cost = JSON.parse(stdout) as Cost
  report(`${flows / 1_000} k connections open: a packet`, cost.nanoseconds)
  report(`${flows / 1_000} k connections open: resident in all`, [cost.resident], 'MiB')
  return cost
})
report('a packet at 1 M connections / at 100 k', [middle(many!) / middle(few!)], 'x')

function middle({ nanoseconds }: Cost): number {
  return nanoseconds.toSorted((a, b) => a - b)[nanoseconds.length >> 1]!
}
